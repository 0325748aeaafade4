#include "bench/simulator/run_report.h"

#include <gtest/gtest.h>

#include <chrono>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;

Pcm level_frame(std::int16_t level) {
  return {.samples = std::vector<std::int16_t>(1440, level), .sample_rate_hz = 24000};
}

json::object read_back(const json::object& summary) {
  return *json::parse_object(json::serialize(summary), 100'000);
}

TEST(RunReport, TellsTheTalkInItsSummary) {
  RunReport report;
  const SteadyTime spoken{milliseconds(10'000)};
  report.speech_ended(spoken);
  report.heard("set the volume to forty");
  report.emotion("thinking");
  report.tool_called({.name = "self.audio_speaker.set_volume",
                      .arguments = json::object{{"volume", 40}},
                      .result = "true",
                      .failed = false});
  report.answer_began();
  report.emotion("happy");
  report.sentence("Done.");
  report.sentence("The volume is forty.");
  report.frame_played(level_frame(0), spoken + milliseconds(640), false);
  report.frame_played(level_frame(5000), spoken + milliseconds(700), true);
  report.answer_ended(spoken + milliseconds(800));
  report.frames_cut(2);

  const json::object summary = read_back(report.summary(1, {}, "idle", {.frames_up = 50}));
  EXPECT_EQ(json::find_bool(summary, "ok"), true);
  EXPECT_EQ(json::find_int(summary, "turns"), 1);
  EXPECT_EQ(json::serialize(summary.at("transcripts")), R"(["set the volume to forty"])");
  EXPECT_EQ(json::serialize(summary.at("replies")), R"(["Done. The volume is forty."])");
  EXPECT_EQ(json::serialize(summary.at("tool_calls")),
            R"([{"name":"self.audio_speaker.set_volume","arguments":{"volume":40},"result":"true"}])");
  EXPECT_EQ(json::serialize(summary.at("replies_audio")),
            R"([{"frames":2,"sound_ms":120,"audible_ms":60,"gaps":1,"emotion":"happy","latency_ms":640}])");
  EXPECT_EQ(json::serialize(summary.at("violations")), "[]");
  EXPECT_EQ(json::find_int(summary, "frames_cut"), 2);
  EXPECT_EQ(json::find_string(summary.at("state").as_object(), "device"), "idle");
  EXPECT_EQ(json::find_int(summary.at("link").as_object(), "frames_up"), 50);
}

TEST(RunReport, IsNotOkAfterAViolationOrFailure) {
  RunReport broken;
  broken.violated({Rule::kTtsStartTwice, "x"});
  EXPECT_FALSE(broken.ok());
  EXPECT_EQ(json::serialize(broken.summary(0, {}, "idle", {}).at("violations")), R"(["tts_start_twice"])");
  RunReport failed;
  failed.failed("no answer");
  failed.failed("a later consequence");
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(json::find_string(failed.summary(0, {}, "idle", {}), "failure"), "no answer");
}

TEST(RunReport, MeasuresHowLongAnInterruptedAnswerGoesOn) {
  RunReport report;
  const SteadyTime at{milliseconds(5000)};
  report.answer_began();
  report.interrupted(at);
  report.answer_ended(at + milliseconds(180));
  EXPECT_EQ(json::find_int(report.summary(1, {}, "idle", {}), "barge_in_stop_ms"), 180);
}

TEST(Rules, HaveDistinctNames) {
  for (std::size_t i = 0; i < kRuleNames.size(); ++i) {
    EXPECT_FALSE(kRuleNames[i].empty());
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(kRuleNames[i], kRuleNames[j]);
  }
  EXPECT_EQ(name(Rule::kOtaNot200), "ota_not_200");
  EXPECT_EQ(name(Rule::kMcpUnknownTool), "mcp_unknown_tool");
  EXPECT_EQ(name(Rule::kOrder63), "order_6_3");
  EXPECT_EQ(name(Rule::kQueueOverflow), "queue_overflow");
}

}  // namespace
}  // namespace earshot::simulator
