// Devices that come back: their next session goes on with what was said in the last one.
#include <gmock/gmock.h>

#include "tests/integration/talk_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::Contains;
using ::testing::Not;

class ResumeTest : public TalkTest {
 protected:
  // All that the brain was shown of what users said, the latest time.
  static std::vector<std::string> shown(ScriptedWorkerProcess& worker) {
    std::vector<std::string> words;
    for (const worker::Message& one : worker.brain.requests().back().dialogue) {
      if (one.role == worker::Message::Role::kUser) words.push_back(one.text);
    }
    return words;
  }
  // It asks, hears the answer, and its checkpoint has come.
  void ask_and_hear(TestDevice& device, const std::string& words) {
    const std::size_t before = device.count("tts stop");
    first_->says("So it is.");
    ask(device, words);
    ASSERT_TRUE(until([&] { return device.count("tts stop") > before; }));
    EXPECT_FALSE(until([&] { return false; }, 100ms));
  }
  void hello_again(TestDevice& device) {
    const std::size_t before = device.count("hello");
    device.say_hello();
    ASSERT_TRUE(until([&] { return device.count("hello") > before; }));
    device.say_listen();
    device.send_audio(opus_frame(0));
  }
  void goodbye_and_back(TestDevice& device) {
    device.say_goodbye();
    ASSERT_TRUE(until([&] { return first_->sessions() == 0; }));
    hello_again(device);
  }
};

TEST_F(ResumeTest, ADeviceThatHungUpGoesOnWithItsDialogue) {
  TestDevice& device = a_talk();
  ask_and_hear(device, "my name is Ada");
  const std::string before = device.session_id();
  goodbye_and_back(device);
  EXPECT_NE(device.session_id(), before);
  ask_and_hear(device, "what is my name");
  EXPECT_THAT(shown(*first_), testing::ElementsAre("my name is Ada", "what is my name"));
  EXPECT_EQ(counter("session_resumed"), 1U);
}

TEST_F(ResumeTest, AnotherWorkerHasTheDialogueToo) {
  TestDevice& device = a_talk();
  ask_and_hear(device, "my name is Ada");
  device.say_goodbye();
  ASSERT_TRUE(until([&] { return first_->sessions() == 0; }));
  first_->die();
  first_ = &start_worker("b");
  hello_again(device);
  ask_and_hear(device, "what is my name");
  EXPECT_THAT(shown(*first_), Contains("my name is Ada"));
}

TEST_F(ResumeTest, AReplyThatWasCutIsHistoryAndIsNotSpoken) {
  TestDevice& device = a_talk();
  ask(device, "count for me");  // three sentences
  ASSERT_TRUE(until([&] { return device.count("audio") >= 3; }));
  goodbye_and_back(device);
  const std::size_t sentences_before = sentences(device).size();
  EXPECT_FALSE(until([&] { return sentences(device).size() > sentences_before; }, 500ms));
  ask_and_hear(device, "and now");
  EXPECT_THAT(shown(*first_), Contains("count for me"));
}

TEST_F(ResumeTest, ASessionThatAnotherHelloReplacesIsGoneOnWith) {
  TestDevice& device = a_talk();
  ask_and_hear(device, "my name is Ada");
  hello_again(device);
  ask_and_hear(device, "what is my name");
  EXPECT_THAT(shown(*first_), Contains("my name is Ada"));
}

TEST_F(ResumeTest, AfterTheUsersFarewellItBeginsAnew) {
  TestDevice& device = a_talk();
  ask_and_hear(device, "my name is Ada");
  ask(device, "goodbye");
  ASSERT_TRUE(until([&] { return device.count("goodbye") == 1; }));
  hello_again(device);
  ask_and_hear(device, "what is my name");
  EXPECT_THAT(shown(*first_), testing::ElementsAre("what is my name"));
  EXPECT_EQ(counter("session_resumed"), 0U);
}

DeviceFacts facts(bool admitted, const std::string& agent = "") {
  DeviceFacts told;
  told.admitted = admitted;
  told.agent = agent;
  return told;
}

struct Forgetting {
  const char* name;
  void (*act)(ShardProxy& shard, const auth::ClientId& client);
  bool admitted_again = false;
};
class ForgottenDialogueTest : public ResumeTest, public testing::WithParamInterface<Forgetting> {};

TEST_P(ForgottenDialogueTest, BeginsAnew) {
  TestDevice& device = a_talk();
  ask_and_hear(device, "my name is Ada");
  device.say_goodbye();
  ASSERT_TRUE(until([&] { return first_->sessions() == 0; }));
  GetParam().act(shard_->proxy(), device.client());
  if (GetParam().admitted_again) shard_->proxy().post_device_facts(device.client().device, facts(true));
  hello_again(device);
  ask_and_hear(device, "what is my name");
  EXPECT_THAT(shown(*first_), Not(Contains("my name is Ada")));
}

INSTANTIATE_TEST_SUITE_P(
    Ways, ForgottenDialogueTest,
    testing::Values(
        Forgetting{"Asked", [](ShardProxy& shard,
                               const auth::ClientId& client) { shard.post_forget_dialogue(client.device); }},
        Forgetting{"Removed", [](ShardProxy& shard,
                                 const auth::ClientId& client) { shard.post_forget_device(client.device); }},
        Forgetting{"Unbound",
                   [](ShardProxy& shard, const auth::ClientId& client) {
                     shard.post_device_facts(client.device, facts(false));
                   },
                   true},
        Forgetting{"ThrownOut",
                   [](ShardProxy& shard, const auth::ClientId& client) { shard.post_throw_out(client, {}); }},
        Forgetting{"AnotherAgent",
                   [](ShardProxy& shard, const auth::ClientId& client) {
                     shard.post_device_facts(client.device, facts(true, "pirate"));
                   },
                   true},
        Forgetting{"SwitchedOff",
                   [](ShardProxy& shard, const auth::ClientId&) {
                     SessionConfig config;
                     config.resume_within = Milliseconds{0};
                     shard.post_session_config(config);
                   }}),
    [](const auto& one) { return std::string(one.param.name); });

// With a worker by hand.
class ResumeRequestTest : public GatewayTest {
 protected:
  fakes::ScriptedWorker& keeping_worker() {
    workers_.push_back(std::make_unique<fakes::ScriptedWorker>(io_, "w"));
    fakes::ScriptedWorker& worker = *workers_.back();
    worker.accept_sessions();
    worker.dial(shard_->worker_endpoint(), false);
    EXPECT_TRUE(run_until([&] { return worker.connected(); }));
    ipc::Envelope hello;
    hello.mutable_worker_hello()->set_worker_id("w");
    hello.mutable_worker_hello()->set_capacity(10);
    hello.mutable_worker_hello()->set_hands_over(true);
    worker.send(hello);
    EXPECT_TRUE(run_until([&] { return worker.count(ipc::Envelope::kGatewayHello) == 1; }));
    return worker;
  }
  // What the device's next session would go on with, after the worker has said this in the first one.
  std::string earlier_after(const std::vector<ipc::Envelope>& says) {
    start_shard();
    fakes::ScriptedWorker& worker = keeping_worker();
    TestDevice& device = talking_device();
    const std::uint32_t session = worker.last(ipc::Envelope::kSessionOpen)->session();
    for (ipc::Envelope envelope : says) {
      envelope.set_session(session);
      worker.send(envelope);
    }
    EXPECT_TRUE(run_until([&] { return worker.count(ipc::Envelope::kAudioUp) == 1; }));
    EXPECT_FALSE(run_until_or([&] { return false; }, Milliseconds{100}));
    device.say_goodbye();
    EXPECT_TRUE(run_until([&] { return worker.count(ipc::Envelope::kSessionClose) == 1; }));
    device.say_hello();
    EXPECT_TRUE(run_until([&] { return worker.count(ipc::Envelope::kSessionOpen) == 2; }));
    return worker.last(ipc::Envelope::kSessionOpen)->session_open().earlier();
  }
  template <class Condition>
  bool run_until_or(Condition&& done, Milliseconds patience) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(Milliseconds(5));
    }
    return done();
  }
  static ipc::Envelope checkpoint() {
    ipc::Envelope envelope;
    envelope.mutable_session_checkpoint()->set_state("what was said");
    return envelope;
  }
};

TEST_F(ResumeRequestTest, BringsTheLastCheckpoint) {
  EXPECT_EQ(earlier_after({checkpoint()}), "what was said");
}

TEST_F(ResumeRequestTest, WhoWantsEverythingForgottenIsNotRemindedOfThis) {
  ipc::Envelope forget;
  forget.mutable_memory_up()->set_agent("a");
  forget.mutable_memory_up()->mutable_change()->set_everything(true);
  EXPECT_EQ(earlier_after({checkpoint(), forget, checkpoint()}), "");
}

}  // namespace
}  // namespace earshot::gateway
