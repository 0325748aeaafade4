#include "bench/speech/speech_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::bench {
namespace {

using testing::HasSubstr;

RecogniserResult result(const std::string& name, int done) {
  SetResult set{
      .set = "commands", .voice = "slt", .channel = "clean", .errors = {}, .done = done, .wrong = 1};
  set.errors.add("volume up", "volume up");
  set.errors.add("stop", "stop it");
  return {.name = name, .sets = {set}, .seconds = 10, .cpu_seconds = 0.5, .rss_mb = 42};
}

TEST(SpeechTables, ComeThroughTheProcessThatMeasuredThem) {
  const RecogniserResult again = recogniser_result(to_json(result("grammar", 1)));
  EXPECT_EQ(again.name, "grammar");
  EXPECT_DOUBLE_EQ(again.real_time_factor(), 0.05);
  ASSERT_EQ(again.sets.size(), 1U);
  EXPECT_EQ(again.sets[0].done, 1);
  EXPECT_EQ(again.sets[0].wrong, 1);
  EXPECT_EQ(again.sets[0].errors.exact, 1U);
  EXPECT_EQ(again.sets[0].errors.words, 3U);
}

TEST(SpeechTables, HaveALineAVoiceAndAColumnARecogniser) {
  const std::string text = recogniser_tables({result("grammar", 1), result("both", 2)});
  EXPECT_THAT(text, HasSubstr("| grammar | 0.050 | 42 MB |"));
  EXPECT_THAT(text, HasSubstr("| slt | clean | 1/2 (1) | 2/2 (1) |"));
}

TEST(SpeechTables, ShowEachDetectorsUtterances) {
  const std::string text =
      detector_table({{.name = "a",
                       .sound = "rain",
                       .triggers = {.seconds = 60, .speech_seconds = 6, .started = 3, .ended = 2}},
                      {.name = "b",
                       .sound = "rain",
                       .triggers = {.seconds = 60, .speech_seconds = 0, .started = 0, .ended = 0}}});
  EXPECT_THAT(text, HasSubstr("| rain | 60 | 2 (3 begun, 10.0 %) | 0 (0 begun, 0.0 %) |"));
}

}  // namespace
}  // namespace earshot::bench
