#include "worker/telemetry/turn_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr SteadyTime kZero{std::chrono::hours(1)};

std::string page_text(const TurnMetrics& turns) {
  metrics::Page page;
  turns.write(page);
  return page.text();
}

TEST(TurnMetrics, CountTurnsByOutcomeAndStageErrors) {
  TurnTrace trace("s", 1, TurnSource::kText);
  trace.end = TurnEnd::kApologised;
  trace.fail(TurnStage::kLlm, ErrorCode::kTimeout);
  TurnMetrics turns;
  turns.add(trace);
  turns.add(trace);
  const std::string text = page_text(turns);
  EXPECT_THAT(text, HasSubstr(R"(earshot_turns_total{outcome="apologised",source="text"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(earshot_turn_errors_total{stage="llm",error="timeout"} 2)"));
}

TEST(TurnMetrics, MeasureOnlyGapsThatHappened) {
  TurnTrace trace("s", 1, TurnSource::kSpeech);
  trace.mark(TurnMark::kSpeechEnded, kZero);
  trace.mark(TurnMark::kEndpointDue, kZero + 600ms);
  TurnMetrics turns;
  turns.add(trace);
  const std::string text = page_text(turns);
  EXPECT_THAT(text, HasSubstr(R"(earshot_turn_gap_seconds_bucket{gap="silence",le="0.5"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(earshot_turn_gap_seconds_bucket{gap="silence",le="0.6"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr(R"(gap="first_token")")));
  EXPECT_THAT(text, HasSubstr("earshot_turn_first_audio_seconds_count 0\n"));
}

TEST(TurnMetrics, NamesOfToolsAreNoLabels) {
  TurnTrace trace("s", 1, TurnSource::kText);
  trace.tool_started("1", "made_up_by_the_model", kZero);
  trace.tool_done("1", false, kZero + 20ms);
  TurnMetrics turns;
  turns.add(trace);
  EXPECT_THAT(page_text(turns), Not(HasSubstr("made_up")));
  EXPECT_THAT(page_text(turns), HasSubstr("earshot_tool_failures_total 1\n"));
  EXPECT_THAT(page_text(turns), HasSubstr("earshot_tool_seconds_bucket{le=\"0.02\"} 1\n"));
}

}  // namespace
}  // namespace earshot::worker
