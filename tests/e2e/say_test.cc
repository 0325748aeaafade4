// What an operator has a device say: in its conversation, after waking it, or on its screen alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "common/audio/wav.h"
#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSpokenToMac = "02:00:00:00:0d:01";
constexpr const char* kText = "Dinner is ready.";

class SayTest : public testing::Test {
 protected:
  static std::vector<std::string> device(std::vector<std::string> more) {
    more.insert(more.begin(), {"--mac", kSpokenToMac});
    return more;
  }
  // "speech", "speak_request", "alert"; or what went wrong.
  std::string say() const {
    const CtlResult result = ctl(system_, {"say", kSpokenToMac, kText, "--json"});
    const auto receipt = json::parse_object(result.output, 1 << 20);
    const json::object* done = receipt.ok() ? json::find_object(*receipt, "result") : nullptr;
    if (result.exit_code != 0 || done == nullptr) return result.output + result.errors;
    return std::string(json::find_string(*done, "how").value_or("?"));
  }
  // Polls another process: there is no event to wait for.
  bool nobody_talks() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      if (ctl_json(system_, {"sessions"}).as_array().empty()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  static SimResult leave(SimRun& run) {
    run.process().signal(SIGTERM);
    return run.finish(std::chrono::seconds(30));
  }
  static std::vector<std::string> alerts(const SimResult& result) {
    std::vector<std::string> all;
    for (const auto& alert : result.summary.at("alerts").as_array()) all.emplace_back(alert.as_string());
    return all;
  }
  static std::int64_t frames(const SimResult& result, std::size_t answer) {
    const json::array& audio = result.summary.at("replies_audio").as_array();
    return answer < audio.size() ? audio[answer].at("frames").as_int64() : -1;
  }

  System system_{{.workers = 1}};
};

TEST_F(SayTest, ADeviceThatListensSpeaksInItsConversation) {
  // Somebody who is quiet for half a minute; the clicks at the ends keep the simulator from cutting it away.
  const std::string quiet = scratch_folder() + "/quiet.wav";
  Pcm clip{.samples = std::vector<std::int16_t>(30 * 16000), .sample_rate_hz = 16000};
  clip.samples.front() = clip.samples.back() = 1000;
  ASSERT_TRUE(write_wav_file(quiet, clip).ok());
  SimRun run(system_, device({"--wav", quiet}));
  ASSERT_TRUE(run.wait_for_event(R"("event":"utterance")")) << run.finish(std::chrono::seconds(1)).told;
  EXPECT_EQ(say(), "speech") << system_.log();
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre(kText));
  EXPECT_GT(frames(result, 0), 0);
  EXPECT_THAT(result.transcripts(), IsEmpty()) << "nobody has asked anything";
  EXPECT_THAT(alerts(result), IsEmpty());
}

TEST_F(SayTest, AnIdleDeviceThatCannotBeWokenShowsIt) {
  SimRun run(system_, device({"--stay", "120"}));
  ASSERT_TRUE(run.wait_for_event(R"("event":"stays")")) << run.finish(std::chrono::seconds(1)).told;
  EXPECT_EQ(say(), "alert") << system_.log();
  const SimResult result = leave(run);
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(alerts(result), ElementsAre(HasSubstr(kText)));
  EXPECT_THAT(result.replies(), IsEmpty());
}

TEST_F(SayTest, AnIdleDeviceThatTakesSpeakRequestsIsWokenAndSpeaks) {
  // What it can do is told with its hello, so it has talked once.
  SimRun run(system_, device({"--speak-request", "--text", "what time is it", "--stay", "120"}));
  ASSERT_TRUE(run.wait_for_event(R"("event":"stays")")) << run.finish(std::chrono::seconds(1)).told;
  ASSERT_TRUE(nobody_talks());
  EXPECT_EQ(say(), "speak_request") << system_.log();
  const SimResult result = leave(run);
  EXPECT_EQ(result.exit_code, 0) << result.told;
  ASSERT_EQ(result.replies().size(), 2U) << result.told;
  EXPECT_EQ(result.replies()[1], kText);
  EXPECT_GT(frames(result, 1), 0);
  EXPECT_THAT(result.violations(), IsEmpty());
  EXPECT_THAT(alerts(result), IsEmpty());
}

}  // namespace
}  // namespace earshot::e2e
