// A conversation between scripted stages, and what the device would hear of it. For the tests beside it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/scripted_stages.h"
#include "worker/conversation/conversation.h"

namespace earshot::worker {
using fakes::ScriptedBrain;
using fakes::ScriptedTts;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;

inline constexpr Milliseconds kPacket{60};

inline ScriptedBrain::Answer says(const std::string& text) {
  return {.emotion = "happy", .deltas = {text}, .calls = {}, .status = kDone, .hangs = false};
}

inline ScriptedBrain::Answer calls(const std::string& tool, const std::string& arguments = "{}") {
  return {.emotion = "thinking",
          .deltas = {},
          .calls = {{.id = "c", .name = tool, .arguments = arguments}},
          .status = kDone,
          .hangs = false};
}

inline ScriptedBrain::Answer hangs() {
  ScriptedBrain::Answer answer;
  answer.hangs = true;
  return answer;
}

// Says back what it heard.
inline ScriptedBrain::Answer echo(const LlmRequest& request) {
  if (!request.understood) return says("What?");
  return says("You said " + request.dialogue.back().text + ".");
}

class ConversationTest : public testing::Test {
 protected:
  // What it still tells is told to the whole test, not to what is left of it.
  void TearDown() override {
    if (conversation) conversation->close();
    conversation.reset();
    run();
  }
  void open(bool mcp = false, const std::string& language = "en-US") {
    ipc::SessionOpen& session = opened;
    session.set_session_id("s1");
    session.mutable_uplink()->set_sample_rate_hz(16000);
    session.mutable_uplink()->set_frame_duration_ms(60);
    session.mutable_downlink()->set_sample_rate_hz(24000);
    session.mutable_downlink()->set_frame_duration_ms(60);
    session.set_device_mcp(mcp);
    session.set_device_aec(leaves_echo);
    session.set_language(language);
    session.set_report_text(true);
    session.set_report_audio(report_audio);
    auto made = Conversation::create(config, services(), session, sink());
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
  }
  ConversationServices services() {
    return {.vad = vad,
            .asr = asr,
            .brain = brain,
            .tts = tts,
            .tools = tools,
            .clock = clock,
            .counters = counters,
            .executor = io.get_executor(),
            .make_strand = [this] { return Executor(asio::make_strand(io)); },
            .on_turn_ended = [this](const TurnTrace& trace) { traces.push_back(trace); },
            .make_echo_canceller = make_echo_canceller};
  }
  ConversationSink sink() {
    const auto keep = [this](const ipc::Envelope& envelope) { note(envelope); };
    return {.send = keep, .send_audio = keep};
  }

  void run() {
    io.restart();
    io.poll();
  }
  void give(const ipc::Envelope& envelope) {
    conversation->on_envelope(envelope);
    run();
  }
  void listen(ipc::Listen::State state, ipc::Listen::Mode mode = ipc::Listen::kAuto,
              const std::string& text = "") {
    ipc::Envelope envelope;
    envelope.mutable_listen()->set_state(state);
    envelope.mutable_listen()->set_mode(mode);
    envelope.mutable_listen()->set_text(text);
    give(envelope);
  }
  void start(ipc::Listen::Mode mode) { listen(ipc::Listen::kStart, mode); }
  void type(const std::string& text) { listen(ipc::Listen::kDetect, ipc::Listen::kAuto, text); }
  void abort() {
    ipc::Envelope envelope;
    envelope.mutable_abort();
    give(envelope);
  }
  void ask_to_say(const std::string& id, const std::string& text) {
    ipc::Envelope envelope;
    envelope.mutable_say()->set_id(id);
    envelope.mutable_say()->set_text(text);
    give(envelope);
  }
  void played(ipc::PlayoutReport::Event event, std::uint32_t turn, std::uint32_t sentence = 1,
              std::uint32_t frames = 0, std::uint32_t first_timestamp = 0) {
    ipc::Envelope envelope;
    ipc::PlayoutReport& report = *envelope.mutable_playout_report();
    report.set_event(event);
    report.set_turn(turn);
    report.set_sentence(sentence);
    report.set_frames_played(frames);
    report.set_timestamp(first_timestamp);
    give(envelope);
  }
  void reply_mcp(const std::string& payload) {
    ipc::Envelope envelope;
    envelope.mutable_mcp_up()->set_payload(payload);
    give(envelope);
  }

  void sound(Milliseconds length, double amplitude) {
    for (Milliseconds sent{0}; sent < length; sent += kPacket) {
      std::vector<std::int16_t> frame(960);
      for (std::int16_t& sample : frame) {
        sample = static_cast<std::int16_t>(amplitude * std::sin(phase_));
        phase_ += 2 * std::numbers::pi * 440 / 16000;
      }
      const Bytes opus = *encoder_.encode(frame);
      ipc::Envelope envelope;
      envelope.mutable_audio_up()->set_opus(opus.data(), opus.size());
      envelope.mutable_audio_up()->set_sequence(++sequence_);
      envelope.mutable_audio_up()->set_timestamp(timestamp);
      if (timestamp != 0) timestamp += 60;
      if (!at_once) clock.advance(kPacket);
      give(envelope);
    }
  }
  void speech(Milliseconds length) { sound(length, 12'000); }
  void silence(Milliseconds length) { sound(length, 0); }
  void utterance() {
    silence(300ms);
    speech(900ms);
    silence(900ms);
  }
  void wait(Milliseconds length) {
    for (Milliseconds waited{0}; waited < length; waited += 100ms) {
      clock.advance(100ms);
      conversation->tick();
      run();
    }
  }

  // Audio of one sentence is one entry, whatever its length.
  void note(const ipc::Envelope& envelope) {
    if (envelope.has_turn_report()) return reports.push_back(envelope.turn_report());
    if (envelope.has_say_spoken()) return say_answers.push_back(envelope.say_spoken());
    if (envelope.has_user_speaks()) return user_speaks.push_back(clock.now());
    const std::string line = describe(envelope);
    if (envelope.has_mcp_down()) {
      mcp_requests.push_back(envelope.mcp_down().payload());
    } else if (log.empty() || log.back() != line || !envelope.has_audio_down()) {
      log.push_back(line);
    }
  }
  static std::string describe(const ipc::Envelope& e) {
    switch (e.body_case()) {
      case ipc::Envelope::kStt:
        return "stt " + e.stt().text();
      case ipc::Envelope::kEmotion:
        return "face " + e.emotion().name();
      case ipc::Envelope::kSpeechStart:
        return "start " + std::to_string(e.speech_start().turn());
      case ipc::Envelope::kSentenceStart:
        return "sentence " + std::to_string(e.sentence_start().sentence()) + " " + e.sentence_start().text();
      case ipc::Envelope::kAudioDown:
        return "audio " + std::to_string(e.audio_down().turn()) + "." +
               std::to_string(e.audio_down().sentence());
      case ipc::Envelope::kSpeechEnd:
        return "end " + std::to_string(e.speech_end().turn());
      case ipc::Envelope::kSpeechFlush:
        return "flush " + std::to_string(e.speech_flush().turn());
      case ipc::Envelope::kSpeechPause:
        return "pause " + std::to_string(e.speech_pause().turn());
      case ipc::Envelope::kSpeechResume:
        return "resume " + std::to_string(e.speech_resume().turn());
      case ipc::Envelope::kAlert:
        return "alert " + e.alert().message();
      case ipc::Envelope::kSessionEnd:
        return "session end";
      default:
        return "?";
    }
  }
  std::vector<std::string> take_log() { return std::exchange(log, {}); }
  std::uint64_t counted(ConversationEvent event) const { return counters.value(event); }
  std::int64_t mcp_id() const {
    return *json::find_int(*json::parse_object(mcp_requests.back(), 65536), "id");
  }

  asio::io_context io;
  fakes::ManualClock clock;
  fakes::LoudnessVadProvider vad;
  fakes::ScriptedAsr asr;
  ScriptedBrain brain{echo};
  ScriptedTts tts;
  BuiltinTools tools;
  ConversationCounters counters;
  ConversationConfig config;
  ipc::SessionOpen opened;  // the latest
  bool report_audio = false;
  bool leaves_echo = false;  // features.aec
  EchoCancellerMaker make_echo_canceller;
  std::uint32_t timestamp = 0;  // of the next packet; then the next frame's
  bool at_once = false;         // packets come faster than they were spoken
  std::vector<ipc::TurnReport> reports;
  std::vector<ipc::SaySpoken> say_answers;
  std::vector<SteadyTime> user_speaks;  // when the gateway was told
  std::vector<TurnTrace> traces;        // of the turns that have ended
  std::vector<std::string> log;
  std::vector<std::string> mcp_requests;
  std::shared_ptr<Conversation> conversation;

 private:
  OpusEncoder encoder_ = OpusEncoder::create(device_uplink_opus(60)).value();
  double phase_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace earshot::worker
