#include "bench/turn/trace_lines.h"

#include <gtest/gtest.h>

namespace earshot::bench {
namespace {

TEST(TraceLines, CollectTheNumbersOfEachTurn) {
  const TraceLines lines = read_trace_lines(
      "2026 info worker ready id=bench\n"
      "2026 info turn ended session=s turn=1 outcome=answered overhead_ms=1.5 asr=fake tools=a:1.0\n"
      "2026 info turn ended session=s turn=2 outcome=aborted\n"
      "2026 info turn ended session=s turn=3 outcome=answered overhead_ms=2");
  EXPECT_EQ(lines.turns, 3U);
  EXPECT_EQ(lines.outcomes.at("answered"), 2U);
  EXPECT_EQ(lines.outcomes.at("aborted"), 1U);
  EXPECT_EQ(lines.numbers.at("overhead_ms"), (std::vector<double>{1.5, 2}));
  EXPECT_FALSE(lines.numbers.contains("tools"));
}

TEST(TraceLines, CountTheTurnsThatUsedAGuess) {
  const TraceLines lines = read_trace_lines(
      "turn ended session=s turn=1 outcome=answered speculation=used\n"
      "turn ended session=s turn=2 outcome=answered speculations_discarded=2\n");
  EXPECT_EQ(lines.speculations_used, 1U);
  EXPECT_EQ(lines.numbers.at("speculations_discarded"), (std::vector<double>{2}));
}

TEST(TraceLines, OfAnEmptyLogAreNone) {
  EXPECT_EQ(read_trace_lines("").turns, 0U);
}

}  // namespace
}  // namespace earshot::bench
