// A real shard and real worker links with conversations whose stages are scripted, and devices by hand.
//
// Runs on: the test's thread; the shard has its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/scripted_stages.h"
#include "tests/integration/gateway_fixture.h"
#include "worker/conversation/conversation.h"
#include "worker/link/gateway_links.h"

namespace earshot::gateway {

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

inline constexpr const char* kAnswer = "The first one. The second one. The third one.";
inline constexpr Milliseconds kSentence{900};

class TalkTest : public GatewayTest {
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
  static void ask(TestDevice& device, const std::string& words = "tell me") {
    device.say(R"({"session_id":")" + device.session_id() + R"(","type":"listen","state":"detect","text":")" +
               words + R"("})");
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

  std::vector<std::unique_ptr<ScriptedWorkerProcess>> processes_;
  ScriptedWorkerProcess* first_ = nullptr;
};

}  // namespace earshot::gateway
