// Ear and voice on a real pool of threads, interrupted at every moment:
// for the thread sanitizer, and for ends.
#include <gtest/gtest.h>

#include <random>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/scripted_stages.h"
#include "worker/conversation/conversation.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

class ConversationPoolTest : public testing::Test {
 protected:
  ConversationPoolTest() {
    brain.set_script([](const LlmRequest&) {
      fakes::ScriptedBrain::Answer answer;
      answer.deltas = {"One. Two. ", "Three."};
      return answer;
    });
    tts.speak_for(2000ms);
    ipc::SessionOpen open;
    open.mutable_uplink()->set_frame_duration_ms(60);
    open.mutable_downlink()->set_sample_rate_hz(24000);
    open.mutable_downlink()->set_frame_duration_ms(60);
    const auto keep = [this](const ipc::Envelope& envelope) {
      if (envelope.has_speech_end()) ++ends;
      if (envelope.has_audio_down()) ++frames;
    };
    conversation = Conversation::create(config,
                                        {.vad = vad,
                                         .asr = asr,
                                         .brain = brain,
                                         .tts = tts,
                                         .tools = tools,
                                         .clock = clock,
                                         .counters = counters,
                                         .executor = io.get_executor(),
                                         .make_strand = [this] { return Executor(asio::make_strand(pool)); }},
                                        open, {.send = keep, .send_audio = keep})
                       .value();
    conversation->start();
  }
  ~ConversationPoolTest() override {
    conversation->close();
    pool.join();
    io.restart();
    io.poll();
  }

  void listen(ipc::Listen::State state, const std::string& text = "") {
    ipc::Envelope envelope;
    envelope.mutable_listen()->set_state(state);
    envelope.mutable_listen()->set_mode(ipc::Listen::kRealtime);
    envelope.mutable_listen()->set_text(text);
    conversation->on_envelope(envelope);
  }
  void loud_packet() {
    const std::vector<std::int16_t> frame(960, 8000);
    const Bytes opus = encoder_.encode(frame).value();
    ipc::Envelope envelope;
    envelope.mutable_audio_up()->set_opus(opus.data(), opus.size());
    envelope.mutable_audio_up()->set_sequence(++sequence_);
    conversation->on_envelope(envelope);
  }
  void run_for(Milliseconds time) {
    io.restart();
    io.run_for(time);
  }

  asio::io_context io;
  asio::thread_pool pool{2};
  SystemClock clock;
  fakes::LoudnessVadProvider vad;
  fakes::ScriptedAsr asr;
  fakes::ScriptedBrain brain{nullptr};
  fakes::ScriptedTts tts;
  BuiltinTools tools;
  ConversationCounters counters;
  ConversationConfig config;
  std::shared_ptr<Conversation> conversation;
  int ends = 0;
  int frames = 0;

 private:
  OpusEncoder encoder_ = OpusEncoder::create(device_uplink_opus(60)).value();
  std::uint32_t sequence_ = 0;
};

TEST_F(ConversationPoolTest, SpeaksToTheEnd) {
  listen(ipc::Listen::kStart);
  listen(ipc::Listen::kDetect, "hello");
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (ends == 0 && std::chrono::steady_clock::now() < deadline) run_for(5ms);
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(frames, 3 * 34);  // 2000 ms in frames of 60, three times
}

TEST_F(ConversationPoolTest, CanBeInterruptedAtAnyMoment) {
  std::minstd_rand random(1);
  ipc::Envelope abort;
  abort.mutable_abort();
  for (int i = 0; i < 100; ++i) {
    listen(ipc::Listen::kStart);
    listen(ipc::Listen::kDetect, "hello");
    for (int k = 0; k < 3; ++k) loud_packet();
    run_for(Milliseconds(random() % 5));
    if (i % 2 == 0) conversation->on_envelope(abort);
    conversation->tick();
  }
  const int before = ends;
  listen(ipc::Listen::kStart);
  listen(ipc::Listen::kDetect, "hello");
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (ends == before && std::chrono::steady_clock::now() < deadline) run_for(5ms);
  EXPECT_EQ(ends, before + 1);
}

}  // namespace
}  // namespace earshot::worker
