// A real shard, and real worker links with conversations whose stages are scripted: workers die, freeze and leave in
// the middle of an answer, and the device hears it whole.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/scripted_stages.h"
#include "tests/integration/gateway_fixture.h"
#include "worker/conversation/conversation.h"
#include "worker/link/gateway_links.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using fakes::ScriptedBrain;

// On an event loop of its own, so that it can be frozen.
class ScriptedWorkerProcess {
 public:
  ScriptedWorkerProcess(const std::string& id, const ipc::Endpoint& gateway) {
    config_.idle_farewell = Milliseconds{0};
    links_ = std::make_unique<worker::GatewayLinks>(
        io_.get_executor(),
        worker::GatewayLinksConfig{.gateways = {gateway}, .worker_id = id, .version = "test"},
        [this](const std::string&, const ipc::SessionOpen& open, worker::ConversationSink sink,
               const worker::ConversationState&) {
          return worker::Conversation::create_from_request(config_, services(), open, std::move(sink));
        },
        [](const std::string&, ipc::AgentSet, worker::AgentsDone) {});
    links_->start();
  }
  ~ScriptedWorkerProcess() {
    links_->stop_now();
    run();
  }
  void run() {
    if (frozen) return;
    io_.restart();
    io_.poll();
  }
  void die() { links_->stop_now(); }
  void leave() {
    links_->stop([this] { stopped = true; });
  }
  std::size_t sessions() const { return links_->sessions(); }
  bool up() const { return links_->links_up() == 1; }
  void says(const std::string& text) {
    brain.set_script([text](const worker::LlmRequest&) {
      return ScriptedBrain::Answer{.emotion = "happy", .deltas = {text}, .calls = {}};
    });
  }
  void says_nothing() {
    brain.set_script([](const worker::LlmRequest&) {
      ScriptedBrain::Answer answer;
      answer.hangs = true;
      return answer;
    });
  }

  bool frozen = false;
  bool stopped = false;
  ScriptedBrain brain{[](const worker::LlmRequest&) { return ScriptedBrain::Answer{}; }};
  fakes::ScriptedTts tts;
  worker::ConversationCounters counters;

 private:
  worker::ConversationServices services() {
    return {.vad = vad_,
            .asr = asr_,
            .brain = brain,
            .tts = tts,
            .tools = tools_,
            .clock = clock_,
            .counters = counters,
            .executor = io_.get_executor(),
            .make_strand = [this] { return Executor(asio::make_strand(io_)); }};
  }

  asio::io_context io_{1};
  SystemClock clock_;
  fakes::LoudnessVadProvider vad_;
  fakes::ScriptedAsr asr_;
  worker::BuiltinTools tools_;
  worker::ConversationConfig config_;
  std::unique_ptr<worker::GatewayLinks> links_;
};

constexpr const char* kAnswer = "The first one. The second one. The third one.";
constexpr Milliseconds kSentence{900};

class FailoverTest : public GatewayTest {
 protected:
  // With the first worker.
  TestDevice& a_talk() {
    config_.links.heartbeat = Milliseconds(1000);
    start_shard();
    first_ = &start_worker("a");
    TestDevice& device = add_device();
    device.say_hello();
    EXPECT_TRUE(until([&] { return device.count("hello") == 1; }));
    device.say_listen();
    device.send_audio(opus_frame(0));
    return device;
  }
  ScriptedWorkerProcess& start_worker(const std::string& id) {
    processes_.push_back(std::make_unique<ScriptedWorkerProcess>(id, shard_->worker_endpoint()));
    ScriptedWorkerProcess& made = *processes_.back();
    made.says(kAnswer);
    made.tts.speak_for(kSentence);
    EXPECT_TRUE(until([&] { return made.up(); }));
    return made;
  }
  static void ask(TestDevice& device) {
    device.say(R"({"session_id":")" + device.session_id() +
               R"(","type":"listen","state":"detect","text":"tell me"})");
  }
  template <class Condition>
  bool until(Condition&& done, Milliseconds patience = 20s) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(Milliseconds(2));
      for (const auto& process : processes_) process->run();
    }
    return done();
  }
  static std::vector<std::string> sentences(const TestDevice& device) {
    std::vector<std::string> all;
    for (const auto& event : device.events()) {
      if (event.what == "tts sentence_start")
        all.emplace_back(json::find_string(event.message, "text").value_or(""));
    }
    return all;
  }
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

  std::vector<std::unique_ptr<ScriptedWorkerProcess>> processes_;
  ScriptedWorkerProcess* first_ = nullptr;
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
