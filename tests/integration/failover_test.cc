// A real shard, and real worker links with conversations whose stages are scripted: workers die, freeze and leave in
// the middle of an answer, and the device hears it whole.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/talk_fixture.h"

namespace earshot::gateway {
namespace {

class FailoverTest : public TalkTest {
 protected:
  // The longest silence between two packets of the answer, beyond the one that a packet lasts.
  static Milliseconds longest_gap(const TestDevice& device) {
    Milliseconds longest{0};
    std::optional<SteadyTime> before;
    for (const auto& event : device.events()) {
      if (event.what != "audio") continue;
      if (before) longest = std::max(longest, std::chrono::duration_cast<Milliseconds>(event.when - *before));
      before = event.when;
    }
    return longest - Milliseconds{60};
  }
  void expect_whole_answer(TestDevice& device, const char* what) {
    EXPECT_TRUE(until([&] { return device.count("tts stop") >= 1; })) << what;
    std::vector<std::string> heard = sentences(device);
    heard.erase(std::unique(heard.begin(), heard.end()), heard.end());  // a cut one is said again
    EXPECT_EQ(heard, (std::vector<std::string>{"The first one.", "The second one.", "The third one."}))
        << what;
    EXPECT_GE(device.count("audio"), 45U) << what << ": three sentences of 900 ms";
    EXPECT_EQ(device.count("goodbye"), 0U) << what;
    EXPECT_EQ(device.count("tts start"), 1U) << what;
    std::printf("%s: longest gap %lld ms, %zu frames\n", what,
                static_cast<long long>(longest_gap(device).count()), device.count("audio"));
  }
};

TEST_F(FailoverTest, AWorkerDiesWhileItSpeaks) {
  TestDevice& device = a_talk();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("audio") >= 5; }));
  ScriptedWorkerProcess& second = start_worker("b");
  first_->die();
  expect_whole_answer(device, "killed while speaking");
  EXPECT_LE(longest_gap(device), 300ms);
  EXPECT_EQ(second.sessions(), 1U);
  EXPECT_EQ(counter("session_moved"), 1U);
}

// A worker begins no sentence while ten seconds of the turn are unplayed: the first one keeps it from the others.
TEST_F(FailoverTest, AWorkerDiesWhileItThinks) {
  TestDevice& device = a_talk();
  first_->says_nothing();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("stt") == 1; }));
  EXPECT_FALSE(until([&] { return false; }, 100ms)) << "its checkpoint is on its way";
  first_->die();
  start_worker("b");
  expect_whole_answer(device, "killed while thinking");
  EXPECT_EQ(device.count("stt"), 1U);
}

TEST_F(FailoverTest, AFrozenWorkerIsMissed) {
  TestDevice& device = a_talk();
  first_->says_nothing();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("stt") == 1; }));
  EXPECT_FALSE(until([&] { return false; }, 100ms)) << "its checkpoint is on its way";
  ScriptedWorkerProcess& second = start_worker("b");
  first_->frozen = true;
  const auto frozen = std::chrono::steady_clock::now();
  ASSERT_TRUE(until([&] { return second.sessions() == 1; }));
  const auto missed = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - frozen);
  std::printf("frozen: missed after %lld ms\n", static_cast<long long>(missed.count()));
  EXPECT_LE(missed, 1500ms);
  expect_whole_answer(device, "frozen while thinking");
}

TEST_F(FailoverTest, AWorkerThatStopsGivesItsSessionAwayAndEnds) {
  TestDevice& device = a_talk();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("audio") >= 2; }));
  ScriptedWorkerProcess& second = start_worker("b");
  first_->leave();
  ASSERT_TRUE(until([&] { return first_->stopped; }));
  EXPECT_EQ(second.sessions(), 1U);
  expect_whole_answer(device, "stopped while speaking");
  EXPECT_EQ(sentences(device).size(), 3U) << "nothing is said twice";
  EXPECT_EQ(counter("session_worker_lost"), 0U);
}

TEST_F(FailoverTest, TheOnlyWorkerDiesAndTheSessionWaitsForTheNext) {
  TestDevice& device = a_talk();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("audio") >= 2; }));
  first_->die();
  EXPECT_FALSE(until([&] { return device.count("goodbye") > 0; }, 500ms));
  start_worker("b");
  expect_whole_answer(device, "the only one killed");
}

TEST_F(FailoverTest, WithoutAnyWorkerTheDeviceIsToldInTheEnd) {
  config_.placement.move_timeout = Milliseconds{300};
  TestDevice& device = a_talk();
  first_->die();
  ASSERT_TRUE(until([&] { return device.count("goodbye") == 1; }));
  EXPECT_EQ(device.count("alert"), 1U);
}

TEST_F(FailoverTest, ASessionThatLosesTwoWorkersInARowIsClosed) {
  TestDevice& device = a_talk();
  first_->says_nothing();
  ask(device);
  ASSERT_TRUE(until([&] { return device.count("stt") == 1; }));
  ScriptedWorkerProcess& second = start_worker("b");
  second.says_nothing();
  first_->die();
  ASSERT_TRUE(until([&] { return second.sessions() == 1; }));
  ScriptedWorkerProcess& third = start_worker("c");
  second.die();
  ASSERT_TRUE(until([&] { return device.count("goodbye") == 1; }));
  EXPECT_EQ(device.count("alert"), 1U);
  EXPECT_EQ(third.sessions(), 0U) << "the pool lives on";
}

}  // namespace
}  // namespace earshot::gateway
