#include "bench/worker/summary.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace earshot::bench {
namespace {

Measured measured() {
  Measured run;
  run.conversations = 100;
  run.seconds = 20;
  run.idle = {.cpu_seconds = 1, .rss_kb = 50'000, .peak_kb = 60'000};
  run.start = {.cpu_seconds = 3, .rss_kb = 60'000, .peak_kb = 60'000};
  run.end = {.cpu_seconds = 8, .rss_kb = 70'000, .peak_kb = 80'000};
  for (int i = 1; i <= 100; ++i) run.talk.answer_ms.push_back(i);
  return run;
}

TEST(Summary, DividesTheProcessorAmongTheConversations) {
  const Summary summary = summarise(measured());
  EXPECT_DOUBLE_EQ(summary.busy, 0.25);
  EXPECT_DOUBLE_EQ(summary.core_share, 0.0025);
  EXPECT_DOUBLE_EQ(summary.conversations_per_core, 400);
}

TEST(Summary, CountsTheMostMemoryOverTheIdleWorker) {
  EXPECT_DOUBLE_EQ(summarise(measured()).rss_kb_per_conversation, 300);
}

TEST(Summary, TakesPercentilesByRank) {
  const Summary summary = summarise(measured());
  EXPECT_DOUBLE_EQ(summary.answer_p50_ms, 50);
  EXPECT_DOUBLE_EQ(summary.answer_p99_ms, 99);
}

TEST(Summary, ComparesWithTheBareCodecWorkOfTheSameFrames) {
  Measured run = measured();  // five seconds of CPU
  run.talk.frames_up = 20'000;
  run.talk.frames_down = 10'000;
  run.opus = {.decode_us = 50, .encode_us = 300, .encode_all_us = 400};
  EXPECT_DOUBLE_EQ(summarise(run).over_opus, 1.25);
  EXPECT_DOUBLE_EQ(summarise(run).over_opus_before, 1.0);
}

TEST(Summary, WritesTheFiguresThatOthersRead) {
  const std::string json = as_json(measured(), summarise(measured()));
  for (const char* figure :
       {"\"conversations\":100", "\"conversations_per_core\":400", "\"rss_kb_per_conversation\":300"}) {
    EXPECT_NE(json.find(figure), std::string::npos) << json;
  }
}

TEST(Summary, SurvivesARunInWhichNothingHappened) {
  const Summary summary = summarise({});
  EXPECT_EQ(summary.conversations_per_core, 0);
  EXPECT_NE(as_json({}, summary).find("\"turns\":0"), std::string::npos);
}

TEST(ProcessUsage, ReadsAProcessThatIsThere) {
  const auto usage = usage_of(::getpid());
  ASSERT_TRUE(usage.ok());
  EXPECT_GT(usage->rss_kb, 1000U);
  EXPECT_GE(usage->peak_kb, usage->rss_kb);
  EXPECT_EQ(usage_of(0).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::bench
