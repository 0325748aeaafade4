// The gateway dies or is started anew in the middle of a conversation: its devices, which keep their keys, go on.
#include <gmock/gmock.h>

#include <atomic>
#include <deque>
#include <map>

#include "tests/integration/talk_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::Contains;

class RestartTest : public TalkTest {
 protected:
  RestartTest() {
    // As the writer's thread does: the latest record of each device, and an answer.
    config_.keep = [this](std::vector<KeptRecord> records, std::function<void()> done) {
      if (writer_hangs_) return;
      asio::post(io_, [this, records = std::move(records)] {
        for (const KeptRecord& record : records) {
          kept_.erase(record.device);
          if (!record.bytes.empty()) kept_.emplace(record.device, record.bytes);
        }
      });
      done();
    };
  }
  // Another gateway begins with what was kept until now; nothing that the old one does or says then is heard of.
  void kill_and_start(bool goes_on = true) {
    kept_soon();
    take_up(goes_on, [this] { old_transport_mute_ = true; });
  }
  void restart_in_order() {
    shard_->leave_sessions();
    take_up(true, [] {});
  }
  void stop_and_start() {
    take_up(true, [] {});
  }

  const KeptDevice* kept_of(const TestDevice& device) {
    const auto found = kept_.find(device.client().device);
    if (found == kept_.end()) return nullptr;
    read_.push_back(*read_kept(found->second.reveal()));
    return &read_.back();
  }
  void connects(TestDevice& device) { shard_->proxy().post_presence(device.client(), true); }
  void kept_soon() {
    EXPECT_FALSE(until([&] { return false; }, 600ms)) << "a change is written within this";
  }

  std::map<DeviceId, Secret> kept_;
  Milliseconds written_ago_{0};             // before the gateway ended
  std::atomic<bool> writer_hangs_ = false;  // from now on nothing is written

 private:
  template <class Before>
  void take_up(bool goes_on, Before&& before_stop) {
    const std::uint16_t port = shard_->udp_port();
    auto kept = kept_;
    before_stop();
    if (old_transport_mute_) transport_.mute(true);
    const bool in_order = !old_transport_mute_;
    processes_.clear();
    shard_->stop();
    io_.restart();
    io_.poll();
    if (in_order) kept = kept_;
    shard_.reset();
    transport_.mute(false);
    old_transport_mute_ = false;
    kept_.clear();
    config_.mqtt_udp.port = port;
    shard_ = std::make_unique<Shard>(config_, transport_, nullptr);
    std::vector<KeptDevice> devices;
    for (const auto& [device, bytes] : kept) {
      devices.push_back(*read_kept(bytes.reveal()));
      devices.back().at -= written_ago_;
      kept_.emplace(device, write_taken_up(devices.back()));  // as Keeping does
    }
    shard_->take_up(std::move(devices), goes_on);
    shard_->start();
    for (const auto& device : devices_) device->belongs_to(*shard_);
    first_ = &start_worker("after");
  }

  bool old_transport_mute_ = false;
  std::deque<KeptDevice> read_;
};

TEST_F(RestartTest, AKilledGatewayIsGoneOnWithByTheNext) {
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  kill_and_start();
  device.send_audio(opus_frame(1));
  EXPECT_TRUE(until([&] { return counter("uplink_frame") == 1; })) << "its keys are known";
  connects(device);
  EXPECT_TRUE(until([&] { return device.count("tts stop") == 2; })) << "it is told that it listens";
  device.say_listen();
  first_->says("Your name is Ada.");
  ask(device, "what is my name");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 3; })) << testing::PrintToString(device.order());
  EXPECT_EQ(device.count("hello"), 1U);
  EXPECT_EQ(device.count("goodbye"), 0U);
  EXPECT_EQ(counter("session_taken_up"), 1U);
  std::vector<std::string> words;
  for (const worker::Message& one : first_->brain.requests().back().dialogue) words.push_back(one.text);
  EXPECT_THAT(words, Contains("my name is Ada"));
}

// TestDevice checks that the numbers of datagrams only grow.
TEST_F(RestartTest, AnAnswerThatWasCutIsSaidAgainFromItsLastSentence) {
  TestDevice& device = a_talk();
  ask(device);
  ASSERT_TRUE(until([&] { return sentences(device).size() == 2; }));
  kill_and_start();
  const std::size_t before = sentences(device).size();
  connects(device);
  ASSERT_TRUE(until([&] { return device.count("tts stop") >= 1 && sentences(device).size() >= before + 2; }))
      << testing::PrintToString(device.order());
  std::vector<std::string> after = sentences(device);
  after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(after, testing::ElementsAre("The second one.", "The third one."));
  EXPECT_EQ(device.count("goodbye"), 0U);
}

TEST_F(RestartTest, ADeviceThatSentForLongSinceItWasWrittenDownIsHeard) {
  TestDevice& device = a_talk();
  written_ago_ = 40s;
  kill_and_start();
  device.loses(600);  // 36 s
  for (int i = 0; i < 8; ++i) {
    device.send_audio(opus_frame(1));
    EXPECT_FALSE(until([&] { return false; }, 10ms));
  }
  EXPECT_TRUE(until([&] { return counter("uplink_frame") >= 4; }));
}

TEST_F(RestartTest, ItIsHeardAfterASecondRestart) {
  TestDevice& device = a_talk();
  written_ago_ = 40s;
  kill_and_start();
  device.loses(600);  // 36 s
  const auto speaks = [&] {
    for (int i = 0; i < 8; ++i) {
      device.send_audio(opus_frame(1));
      EXPECT_FALSE(until([&] { return false; }, 10ms));
    }
  };
  speaks();
  ASSERT_TRUE(until([&] { return counter("uplink_frame") >= 4; }));
  connects(device);
  device.say_listen();  // which is written down
  written_ago_ = 0s;
  kill_and_start();
  speaks();
  EXPECT_TRUE(until([&] { return counter("uplink_frame") >= 4; })) << "its session is as old as before";
}

// TestDevice checks that the numbers of datagrams only grow.
TEST_F(RestartTest, AGatewayThatDiesBeforeItWritesHasUsedNoNumberOfTheNext) {
  TestDevice& device = a_talk();
  ask(device);
  ASSERT_TRUE(until([&] { return sentences(device).size() == 2; }));
  kept_soon();
  writer_hangs_ = true;
  kill_and_start();
  for (int i = 0; i < 2; ++i) {
    const std::size_t before = device.count("audio");
    connects(device);
    ASSERT_TRUE(until([&] { return device.count("audio") > before + 3; }));
    if (i == 0) kill_and_start();
  }
}

TEST_F(RestartTest, ARestartInTheMiddleOfAnAnswerIsQuick) {
  TestDevice& done = a_talk();
  first_->says("So it is.");
  ask(done, "my name is Ada");
  ASSERT_TRUE(until([&] { return done.count("tts stop") == 1; }));
  kept_soon();
  done.say_goodbye();  // its dialogue is kept for minutes: nobody waits for that
  ASSERT_TRUE(until([&] { return first_->sessions() == 0; }));
  first_->says(kAnswer);
  done.say_hello();
  ASSERT_TRUE(until([&] { return done.count("hello") == 2; }));
  TestDevice& device = add_device();
  device.say_hello();
  ASSERT_TRUE(until([&] { return device.count("hello") == 1; }));
  device.say_listen();
  device.send_audio(opus_frame(0));
  done.say_goodbye();
  ask(device);
  ASSERT_TRUE(until([&] { return sentences(device).size() == 2; }));
  const auto began = std::chrono::steady_clock::now();
  restart_in_order();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  EXPECT_EQ(device.count("goodbye"), 0U);
  EXPECT_EQ(counter("session_taken_up"), 1U);
}

TEST_F(RestartTest, ARestartInOrderSaysNoGoodbye) {
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  restart_in_order();
  EXPECT_EQ(device.count("goodbye"), 0U);
  device.send_audio(opus_frame(1));
  EXPECT_TRUE(until([&] { return counter("uplink_frame") == 1; }));
}

TEST_F(RestartTest, AStopSaysGoodbyeAndTheDialogueGoesOnLater) {
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  stop_and_start();
  EXPECT_EQ(device.count("goodbye"), 1U);
  device.say_hello();
  ASSERT_TRUE(until([&] { return device.count("hello") == 2; }));
  ask(device, "what is my name");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 2; }));
  std::vector<std::string> words;
  for (const worker::Message& one : first_->brain.requests().back().dialogue) words.push_back(one.text);
  EXPECT_THAT(words, Contains("my name is Ada"));
  EXPECT_EQ(counter("session_resumed"), 1U);
}

TEST_F(RestartTest, AfterTooLongTheDeviceIsToldAndItsDialogueGoesOn) {
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  kill_and_start(false);
  EXPECT_EQ(counter("session_not_taken_up"), 1U);
  connects(device);
  ASSERT_TRUE(until([&] { return device.count("goodbye") == 1; }));
  device.say_hello();
  ASSERT_TRUE(until([&] { return device.count("hello") == 2; }));
  EXPECT_EQ(counter("session_resumed"), 1U);
}

TEST_F(RestartTest, NothingIsKeptBehindAFarewell) {
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  kept_soon();
  EXPECT_NE(kept_of(device), nullptr);
  ask(device, "goodbye");
  ASSERT_TRUE(until([&] { return device.count("goodbye") == 1; }));
  kept_soon();
  EXPECT_EQ(kept_of(device), nullptr);
}

TEST_F(RestartTest, WithResumeSwitchedOffOnlyTheGoodbyeIsKept) {
  config_.session.resume_within = Milliseconds{0};
  TestDevice& device = a_talk();
  first_->says("So it is.");
  ask(device, "my name is Ada");
  ASSERT_TRUE(until([&] { return device.count("tts stop") == 1; }));
  kept_soon();
  const KeptDevice* const kept = kept_of(device);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->checkpoint, "");
  EXPECT_FALSE(kept->talk->remains);
  kill_and_start();
  connects(device);
  EXPECT_TRUE(until([&] { return device.count("goodbye") == 1; }));
}

}  // namespace
}  // namespace earshot::gateway
