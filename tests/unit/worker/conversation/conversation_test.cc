#include "worker/conversation/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/scripted_stages.h"

namespace earshot::worker {
namespace {

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

constexpr Milliseconds kPacket{60};

ScriptedBrain::Answer says(const std::string& text) {
  return {.emotion = "happy", .deltas = {text}, .calls = {}, .status = kDone, .hangs = false};
}

ScriptedBrain::Answer calls(const std::string& tool, const std::string& arguments = "{}") {
  return {.emotion = "thinking",
          .deltas = {},
          .calls = {{.id = "c", .name = tool, .arguments = arguments}},
          .status = kDone,
          .hangs = false};
}

ScriptedBrain::Answer hangs() {
  ScriptedBrain::Answer answer;
  answer.hangs = true;
  return answer;
}

// Says back what it heard.
ScriptedBrain::Answer echo(const LlmRequest& request) {
  if (!request.understood) return says("What?");
  return says("You said " + request.dialogue.back().text + ".");
}

class ConversationTest : public testing::Test {
 protected:
  void open(bool mcp = false, const std::string& language = "en-US") {
    ipc::SessionOpen session;
    session.set_session_id("s1");
    session.mutable_uplink()->set_sample_rate_hz(16000);
    session.mutable_uplink()->set_frame_duration_ms(60);
    session.mutable_downlink()->set_sample_rate_hz(24000);
    session.mutable_downlink()->set_frame_duration_ms(60);
    session.set_device_mcp(mcp);
    session.set_language(language);
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
            .make_strand = [this] { return Executor(asio::make_strand(io)); }};
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
  void played(ipc::PlayoutReport::Event event, std::uint32_t turn, std::uint32_t sentence = 1) {
    ipc::Envelope envelope;
    ipc::PlayoutReport& report = *envelope.mutable_playout_report();
    report.set_event(event);
    report.set_turn(turn);
    report.set_sentence(sentence);
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
      clock.advance(kPacket);
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
  std::vector<std::string> log;
  std::vector<std::string> mcp_requests;
  std::shared_ptr<Conversation> conversation;

 private:
  OpusEncoder encoder_ = OpusEncoder::create(device_uplink_opus(60)).value();
  double phase_ = 0;
  std::uint32_t sequence_ = 0;
};

TEST_F(ConversationTest, AutoModeAnswersAnUtteranceInTheOrderOfTheProtocol) {
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face happy", "start 1", "sentence 1 You said hello.",
                                      "audio 1.1", "end 1"));
  EXPECT_EQ(asr.opened(), 1);
  EXPECT_THAT(asr.languages(), ElementsAre("en-US"));
}

TEST_F(ConversationTest, AudioBeforeListenStartIsNotHeard) {
  open();
  utterance();
  EXPECT_EQ(asr.opened(), 0);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AudioBetweenTheEndpointAndTheNextListenStartIsIgnored) {
  open();
  start(ipc::Listen::kAuto);
  utterance();
  utterance();
  EXPECT_EQ(asr.opened(), 1);
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_EQ(asr.opened(), 2);
}

TEST_F(ConversationTest, SilenceAloneOpensNoRecogniser) {
  open();
  start(ipc::Listen::kAuto);
  silence(15s);
  EXPECT_EQ(asr.opened(), 0);
  utterance();
  EXPECT_THAT(log, Contains("stt hello"));
}

TEST_F(ConversationTest, AnUtteranceEndsAlsoWhenNoPacketsComeAnyMore) {
  open();
  start(ipc::Listen::kAuto);
  speech(900ms);
  wait(3s);
  EXPECT_THAT(log, Contains("stt hello"));
}

TEST_F(ConversationTest, ManualModeSaysNothingBeforeTheKeyIsReleased) {
  open();
  start(ipc::Listen::kManual);
  utterance();
  silence(3s);
  EXPECT_THAT(log, IsEmpty());
  listen(ipc::Listen::kStop);
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face happy", "start 1", "sentence 1 You said hello.",
                                      "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, ManualModeHoldsAnEndlessUtteranceUntilTheKeyIsReleased) {
  open();
  start(ipc::Listen::kManual);
  speech(config.endpoint.max_utterance + 5s);
  wait(20s);
  EXPECT_EQ(asr.opened(), 1);
  EXPECT_THAT(log, IsEmpty());
  listen(ipc::Listen::kStop);
  EXPECT_THAT(log, Contains("start 1"));
}

TEST_F(ConversationTest, ManualModeWithoutSpeechSaysSo) {
  open();
  start(ipc::Listen::kManual);
  silence(1s);
  listen(ipc::Listen::kStop);
  EXPECT_THAT(take_log(), ElementsAre("stt ...", "face sad", "start 1", "sentence 1 I did not hear anything.",
                                      "audio 1.1", "end 1"));
  EXPECT_THAT(brain.requests(), IsEmpty());
}

TEST_F(ConversationTest, RealtimeKeepsListeningWithoutAnotherListenStart) {
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  EXPECT_THAT(take_log(), Contains("end 1"));
  played(ipc::PlayoutReport::kFinished, 1);
  utterance();
  EXPECT_THAT(take_log(), Contains("end 2"));
}

TEST_F(ConversationTest, RealtimeBargeInFlushesAndAnswersTheNewUtterance) {
  open();
  start(ipc::Listen::kRealtime);
  tts.speak_for(5s);
  utterance();
  played(ipc::PlayoutReport::kStarted, 1);
  take_log();
  asr.hears("stop");
  speech(180ms);
  EXPECT_THAT(log, IsEmpty()) << "a cough interrupts";
  speech(420ms);
  EXPECT_THAT(take_log(), ElementsAre("flush 1"));
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 1U);
  silence(900ms);
  EXPECT_THAT(take_log(), ElementsAre("stt stop", "face happy", "start 2", "sentence 1 You said stop.",
                                      "audio 2.1", "end 2"));
}

TEST_F(ConversationTest, RealtimeBargeInWhileThinkingCancelsWithoutFlush) {
  brain.set_script([](const LlmRequest&) { return hangs(); });
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello"));
  brain.set_script(echo);
  asr.hears("again");
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt again", "face happy", "start 2", "sentence 1 You said again.",
                                      "audio 2.1", "end 2"));
}

TEST_F(ConversationTest, RealtimeIgnoresShortNoiseOverItsOwnVoice) {
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  take_log();
  asr.rejects();
  speech(120ms);
  silence(900ms);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AbortCancelsTheTurnWithoutAWord) {
  open();
  start(ipc::Listen::kAuto);
  tts.behave(ScriptedTts::Behaviour::kHangs);
  utterance();
  take_log();
  abort();
  tts.behave(ScriptedTts::Behaviour::kSpeaks);
  wait(20s);
  EXPECT_THAT(log, IsEmpty()) << "the gateway has flushed already";
  brain.set_script(echo);
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(log, Contains("end 2"));
}

TEST_F(ConversationTest, ListenStartInTheMiddleOfATurnReplacesIt) {
  tts.behave(ScriptedTts::Behaviour::kHangs);
  open();
  start(ipc::Listen::kAuto);
  utterance();
  take_log();
  start(ipc::Listen::kAuto);
  EXPECT_THAT(take_log(), ElementsAre("flush 1"));
}

TEST_F(ConversationTest, ResultsOfACancelledRecognitionAreDropped) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  abort();
  asr.release_results();
  run();
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, TypedTextIsAnUtterance) {
  open();
  start(ipc::Listen::kAuto);
  type("Set the volume to 50%");
  EXPECT_THAT(take_log(), ElementsAre("stt Set the volume to 50%", "face happy", "start 1",
                                      "sentence 1 You said Set the volume to 50%.", "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, AWakeWordIsNotAnsweredTwice) {
  open();
  utterance();
  type("Hi,ESP");
  EXPECT_THAT(log, IsEmpty());
  start(ipc::Listen::kAuto);
  EXPECT_THAT(log, IsEmpty());
  utterance();
  EXPECT_THAT(log, Contains("end 1"));
  EXPECT_THAT(brain.requests(), SizeIs(1));
}

TEST_F(ConversationTest, AnUnknownWakeWordBehindItsAudioIsNoSentence) {
  open();
  utterance();
  type("hello my little robot");
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AGreetingIfWantedComesAtListenStart) {
  config.greet_on_wake_word = true;
  open();
  type("你好小智");
  EXPECT_THAT(log, IsEmpty());
  start(ipc::Listen::kAuto);
  EXPECT_THAT(take_log(), ElementsAre("stt 你好小智", "face happy", "start 1", "sentence 1 You said hello.",
                                      "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, WhatWasNotUnderstoodIsSaidSoButNotForEver) {
  open();
  for (int i = 0; i < 6; ++i) asr.rejects();
  int replies = 0;
  start(ipc::Listen::kAuto);
  for (int i = 0; i < 6; ++i) {
    utterance();
    const auto lines = take_log();
    if (lines.empty()) continue;
    ++replies;
    EXPECT_EQ(lines.at(0), "stt ...");
    EXPECT_THAT(lines, Contains("sentence 1 What?"));
    played(ipc::PlayoutReport::kFinished, static_cast<std::uint32_t>(replies));
    start(ipc::Listen::kAuto);
  }
  EXPECT_EQ(replies, config.nag_limit);
  EXPECT_EQ(counted(ConversationEvent::kIgnoredSpeech), 3U);
  utterance();
  EXPECT_THAT(log, Contains("stt hello")) << "it still listens";
}

TEST_F(ConversationTest, RealtimeSaysOnceThatItDidNotUnderstand) {
  open();
  for (int i = 0; i < 3; ++i) asr.rejects();
  start(ipc::Listen::kRealtime);
  utterance();
  EXPECT_THAT(take_log(), Contains("sentence 1 What?"));
  played(ipc::PlayoutReport::kFinished, 1);
  utterance();
  utterance();
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AnEmptyTranscriptIsNoTurnAndTheDeviceIsStillHeard) {
  open();
  asr.hears("");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(log, IsEmpty());
  utterance();
  EXPECT_THAT(log, Contains("stt hello"));
}

TEST_F(ConversationTest, AFailingRecogniserIsApologisedFor) {
  open();
  asr.fails();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt ...", "face sad", "start 1",
                                      "sentence 1 Sorry, I could not hear that. Please say it again.",
                                      "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, ALateRecogniserIsGivenUp) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  wait(config.asr_patience - 1s);
  EXPECT_THAT(log, IsEmpty());
  wait(2s);
  EXPECT_THAT(take_log(), Contains("end 1"));
  EXPECT_EQ(counted(ConversationEvent::kAsrLate), 1U);
  asr.release_results();
  run();
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AFailingOrSilentBrainIsApologisedFor) {
  for (const bool hangs : {false, true}) {
    brain.set_script([hangs](const LlmRequest&) {
      return ScriptedBrain::Answer{.emotion = {},
                                   .deltas = {},
                                   .calls = {},
                                   .status = Error{ErrorCode::kUnavailable, "scripted"},
                                   .hangs = hangs};
    });
    open();
    start(ipc::Listen::kAuto);
    utterance();
    if (hangs) wait(config.turn.brain_patience);
    EXPECT_THAT(take_log(),
                ElementsAre("stt hello", "face sad", "start 1",
                            "sentence 1 Sorry, I can not answer right now.", "audio 1.1", "end 1"));
  }
}

TEST_F(ConversationTest, AFailingVoiceIsShownAndTheTurnEnds) {
  for (const auto behaviour : {ScriptedTts::Behaviour::kFails, ScriptedTts::Behaviour::kHangs}) {
    tts.behave(behaviour);
    open();
    start(ipc::Listen::kAuto);
    utterance();
    wait(config.tts_patience + 1s);
    EXPECT_THAT(take_log(), ElementsAre("stt hello", "face happy", "start 1", "sentence 1 You said hello.",
                                        "alert I can not speak right now.", "end 1"));
    start(ipc::Listen::kAuto);
    tts.behave(ScriptedTts::Behaviour::kSpeaks);
    utterance();
    EXPECT_THAT(take_log(), Contains("end 2"));
  }
}

TEST_F(ConversationTest, AVoiceThatFailsWhileAToolRunsStillEndsTheTurn) {
  tts.behave(ScriptedTts::Behaviour::kFails);
  brain.set_script([this](const LlmRequest&) {
    auto answer = brain.requests().size() == 1 ? calls("clock.time") : says("and more.");
    answer.deltas.insert(answer.deltas.begin(), "A moment please. ");
    return answer;
  });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_EQ(log.back(), "end 1");
}

TEST_F(ConversationTest, AsksTheDeviceForItsToolsAtOnce) {
  open(true);
  ASSERT_THAT(mcp_requests, SizeIs(2));
  EXPECT_THAT(mcp_requests[0], HasSubstr("initialize"));
  EXPECT_THAT(mcp_requests[1], HasSubstr("tools/list"));
}

TEST_F(ConversationTest, ADeviceWithoutMcpIsNotAsked) {
  open(false);
  EXPECT_THAT(mcp_requests, IsEmpty());
}

TEST_F(ConversationTest, CallsADeviceToolAndSpeaksOfItsResult) {
  brain.set_script([](const LlmRequest& request) {
    if (request.dialogue.back().role == Message::Role::kTool)
      return says("It says " + request.dialogue.back().text + ".");
    return calls("self.audio_speaker.set_volume", R"({"volume":50})");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.audio_speaker.set_volume"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(mcp_requests.back(), HasSubstr(R"("arguments":{"volume":50})"));
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face thinking", "start 1"));
  reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) +
            R"(,"result":{"content":[{"type":"text","text":"true"}],"isError":false}})");
  EXPECT_THAT(take_log(), ElementsAre("face happy", "sentence 1 It says true.", "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, AToolThatDoesNotAnswerIsReportedToTheBrain) {
  brain.set_script([](const LlmRequest& request) {
    const Message& last = request.dialogue.back();
    return last.role == Message::Role::kTool ? says(last.is_error ? "It failed." : "It worked.")
                                             : calls("self.a");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  wait(config.tool_patience + 1s);
  EXPECT_THAT(log, Contains("sentence 1 It failed."));
  EXPECT_EQ(log.back(), "end 1");
}

TEST_F(ConversationTest, AToolThatTheDeviceHasNotListedIsNeverSent) {
  brain.set_script([](const LlmRequest& request) {
    const Message& last = request.dialogue.back();
    return last.role == Message::Role::kTool ? says(last.is_error ? "No." : "Yes.") : calls("self.reboot");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(mcp_requests, Not(Contains(HasSubstr("self.reboot"))));
  EXPECT_THAT(log, Contains("sentence 1 No."));
}

TEST_F(ConversationTest, WaitsAWhileForTheListOfToolsAndThenGoesOnWithout) {
  open(true);
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello"));
  wait(config.turn.tool_list_patience + 100ms);
  EXPECT_THAT(take_log(), Contains("end 1"));
}

TEST_F(ConversationTest, ABrainThatGoesRoundInCirclesIsStopped) {
  brain.set_script([](const LlmRequest&) { return calls("clock.time"); });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_EQ(brain.requests().size(), static_cast<std::size_t>(config.turn.tool_rounds) + 1);
  EXPECT_THAT(log, Contains("sentence 1 Sorry, I can not answer right now."));
  EXPECT_EQ(log.back(), "end 1");
}

TEST_F(ConversationTest, GoodbyeIsHeardBeforeTheSessionEnds) {
  brain.set_script([](const LlmRequest& request) {
    if (request.dialogue.back().role == Message::Role::kTool) return ScriptedBrain::Answer{};
    auto answer = calls("session.end");
    answer.deltas = {"Good bye!"};
    return answer;
  });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face thinking", "start 1", "sentence 1 Good bye!",
                                      "audio 1.1", "end 1", "session end"));
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, RemembersOnlyWhatWasHeardOfAnInterruptedReply) {
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  open();
  start(ipc::Listen::kAuto);
  asr.hears("count");
  tts.behave(ScriptedTts::Behaviour::kHangs);
  utterance();
  played(ipc::PlayoutReport::kSentence, 1, 1);
  abort();
  tts.behave(ScriptedTts::Behaviour::kSpeaks);
  start(ipc::Listen::kAuto);
  utterance();
  const auto& dialogue = brain.requests().back().dialogue;
  ASSERT_THAT(dialogue, SizeIs(3));
  EXPECT_EQ(dialogue[0].text, "count");
  EXPECT_EQ(dialogue[1].text, "One.");
}

TEST_F(ConversationTest, HistoryGrowsToAFewTurnsAndNoFurther) {
  open();
  for (int i = 0; i < 30; ++i) {
    start(ipc::Listen::kAuto);
    type("turn " + std::to_string(i));
  }
  EXPECT_THAT(brain.requests().back().dialogue, SizeIs(2 * 12 + 1));
}

TEST_F(ConversationTest, SpeaksInTheVoiceOfTheTextsScript) {
  brain.set_script([](const LlmRequest&) { return says("Hello. 你好。"); });
  open(false, "zh-CN");
  start(ipc::Listen::kAuto);
  utterance();
  ASSERT_THAT(tts.requests(), SizeIs(2));
  EXPECT_EQ(tts.requests()[0].language, "en-US");
  EXPECT_EQ(tts.requests()[1].language, "zh-CN");
}

TEST_F(ConversationTest, GarbageForOpusIsConcealedAndCounted) {
  open();
  start(ipc::Listen::kAuto);
  for (std::uint32_t i = 1; i <= 50; ++i) {
    ipc::Envelope envelope;
    envelope.mutable_audio_up()->set_opus(std::string(i % 40, '\xff'));
    envelope.mutable_audio_up()->set_sequence(i);
    clock.advance(kPacket);
    give(envelope);
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, RefusesFormatsThatTheProtocolDoesNotHave) {
  ipc::SessionOpen session;
  session.mutable_uplink()->set_sample_rate_hz(16000);
  session.mutable_uplink()->set_frame_duration_ms(60);
  session.mutable_downlink()->set_sample_rate_hz(44100);
  session.mutable_downlink()->set_frame_duration_ms(60);
  EXPECT_FALSE(Conversation::create(config, services(), session, sink()).ok());
  session.mutable_downlink()->set_sample_rate_hz(24000);
  session.mutable_downlink()->set_frame_duration_ms(30);
  EXPECT_FALSE(Conversation::create(config, services(), session, sink()).ok());
}

TEST_F(ConversationTest, IsSilentAfterClose) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  conversation->close();
  asr.release_results();
  run();
  start(ipc::Listen::kAuto);
  utterance();
  conversation.reset();
  run();
  EXPECT_THAT(log, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
