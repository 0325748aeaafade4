#include "worker/providers/asr/command_score.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace earshot::worker {
namespace {

using Segments = std::vector<DecodedSegment>;

DecodedSegment segment(int first, int last, double score, bool speech = true) {
  return {.first_frame = first, .last_frame = last, .score = score, .speech = speech};
}

TEST(CommandScore, IsZeroWhenWordsFitAsWellAsPhones) {
  const Segments words = {segment(0, 9, -50, false), segment(10, 59, -500)};
  const Segments phones = {segment(0, 9, -50, false), segment(10, 34, -250), segment(35, 59, -250)};
  EXPECT_DOUBLE_EQ(command_score(words, phones), 0);
}

TEST(CommandScore, FallsWithTheMarginOfTheWords) {
  const Segments phones = {segment(0, 49, -500)};
  EXPECT_GT(command_score(Segments{segment(0, 49, -600)}, phones),
            command_score(Segments{segment(0, 49, -1500)}, phones));
}

TEST(CommandScore, CountsOneBadWordMoreThanAnEvenlyPoorFit) {
  const Segments phones = {segment(0, 99, -1000)};
  const Segments even = {segment(0, 49, -1000), segment(50, 99, -1000)};
  const Segments one_bad = {segment(0, 49, -500), segment(50, 99, -1500)};
  EXPECT_LT(command_score(one_bad, phones), command_score(even, phones));
}

TEST(CommandScore, FallsForSpeechThatTheGrammarCallsSilence) {
  const Segments words = {segment(0, 49, -500), segment(50, 99, -500, false)};
  const Segments quiet = {segment(0, 49, -500), segment(50, 99, -500, false)};
  const Segments talking = {segment(0, 49, -500), segment(50, 99, -500)};
  EXPECT_LT(command_score(words, talking), command_score(words, quiet) - 10);
}

TEST(CommandScore, IsVeryLowWithoutWords) {
  EXPECT_LT(command_score({}, {}), -1e5);
  EXPECT_LT(command_score(Segments{segment(0, 99, -100, false)}, Segments{segment(0, 99, -100)}), -1e5);
}

TEST(CommandScore, TakesSegmentsThatDoNotMatch) {
  const Segments words = {segment(-1, -1, 0), segment(-1, 5, -50), segment(3, 1'000'000'000, -50)};
  const Segments phones = {segment(-5, 2, -10), segment(500, 400, -10)};
  EXPECT_LT(command_score(words, phones), std::numeric_limits<double>::max());
}

}  // namespace
}  // namespace earshot::worker
