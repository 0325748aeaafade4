// How a conversation listens, is interrupted, and fails.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

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

// MQTT is slower than UDP by so much: what was spoken meanwhile is heard, up to half a second of it.
TEST_F(ConversationTest, ASlowListenStartLosesNoWords) {
  constexpr Milliseconds kSpoken{1800};
  open();
  for (const Milliseconds late : {200ms, 400ms, 600ms, 800ms}) {
    speech(late);
    start(ipc::Listen::kManual);
    speech(kSpoken - late);
    listen(ipc::Listen::kStop);
    const Milliseconds lost = std::max(late - 500ms, 0ms);
    EXPECT_GE(asr.samples(), static_cast<std::size_t>((kSpoken - lost - kPacket).count()) * 16)
        << late.count();
    played(ipc::PlayoutReport::kFinished, static_cast<std::uint32_t>(asr.opened()));
    wait(2s);
  }
}

TEST_F(ConversationTest, AWakeWordInFrontOfListenStartIsNotHeard) {
  open();
  at_once = true;
  speech(2s);
  at_once = false;
  start(ipc::Listen::kAuto);
  silence(12s);
  EXPECT_EQ(asr.opened(), 0);
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

TEST_F(ConversationTest, ManualModeHearsAsLongAsTheKeyIsHeld) {
  open();
  start(ipc::Listen::kManual);
  speech(60s);
  EXPECT_THAT(log, IsEmpty());
  listen(ipc::Listen::kStop);
  EXPECT_THAT(log, Contains("start 1"));
  EXPECT_GE(asr.samples(), 59U * 16'000);
  EXPECT_EQ(counted(ConversationEvent::kSpeechTooLong), 0U);
}

TEST_F(ConversationTest, ManualModeHoldsAnEndlessUtteranceUntilTheKeyIsReleasedAndSaysThatItWasCut) {
  open();
  start(ipc::Listen::kManual);
  speech(config.endpoint.max_held + 5s);
  wait(20s);
  EXPECT_EQ(asr.opened(), 1);
  EXPECT_THAT(take_log(), ElementsAre("alert That is all I can take at once. Please release the button."));
  EXPECT_EQ(counted(ConversationEvent::kSpeechTooLong), 1U);
  listen(ipc::Listen::kStop);
  EXPECT_THAT(log, Contains("start 1"));
}

TEST_F(ConversationTest, TellsTheGatewayEachSecondThatSomebodySpeaks) {
  open();
  start(ipc::Listen::kAuto);
  for (int i = 0; i < 50; ++i) {
    speech(180ms);
    conversation->tick();
  }
  EXPECT_THAT(user_speaks, SizeIs(testing::AllOf(testing::Ge(8U), testing::Le(10U))));
}

TEST_F(ConversationTest, AnOpenMicrophoneThatHearsNobodyIsNoSpeech) {
  open();
  start(ipc::Listen::kAuto);
  for (int i = 0; i < 50; ++i) {
    silence(180ms);
    conversation->tick();
  }
  EXPECT_THAT(user_speaks, IsEmpty());
}

TEST_F(ConversationTest, NobodyIsToldGoodbyeWhileHeSpeaks) {
  config.idle_farewell = 3s;
  open();
  start(ipc::Listen::kAuto);
  silence(1800ms);
  for (int i = 0; i < 30; ++i) {
    speech(180ms);
    conversation->tick();
  }
  EXPECT_EQ(counted(ConversationEvent::kIdleFarewell), 0U);
}

TEST_F(ConversationTest, AnUtteranceThatIsMutedInItsMiddleLeavesNobodySpeaking) {
  open();
  start(ipc::Listen::kAuto);
  speech(900ms);
  abort();
  ask_to_say("a", "Dinner is ready.");
  wait(1s);
  EXPECT_THAT(log, Contains("sentence 1 Dinner is ready."));
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
  config.barge_in_speech = 200ms;
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
  EXPECT_THAT(take_log(), ElementsAre("pause 1"));
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 0U) << "nobody knows yet whether these are words";
  silence(900ms);
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 1U);
  EXPECT_THAT(take_log(), ElementsAre("flush 1", "stt stop", "face happy", "start 2",
                                      "sentence 1 You said stop.", "audio 2.1", "end 2"));
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
  config.barge_in_speech = 400ms;
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  take_log();
  speech(60ms);
  silence(900ms);
  EXPECT_THAT(log, IsEmpty()) << "too short for an utterance";
  asr.hears("stop");
  speech(240ms);
  silence(900ms);
  EXPECT_EQ(counted(ConversationEvent::kIgnoredSpeech), 1U) << "an utterance, but too short to interrupt";
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, RealtimeTakesItsEchoForNobody) {
  tts.speak_at(30'000);
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  take_log();
  sound(1200ms, 3000);  // 20 dB below the reply
  EXPECT_EQ(asr.opened(), 1);
  EXPECT_THAT(log, IsEmpty());
  speech(300ms);
  EXPECT_THAT(take_log(), ElementsAre("pause 1"));
}

TEST_F(ConversationTest, RealtimeHearsAQuietUserOnceTheReplyHasDiedAway) {
  tts.speak_at(30'000);
  open();
  start(ipc::Listen::kRealtime);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1);
  silence(480ms);
  sound(900ms, 3000);
  EXPECT_EQ(asr.opened(), 2);
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

TEST_F(ConversationTest, AResultThatCrossesTheAbortIsDropped) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  asr.release_results();
  abort();  // taken before the result has come through the strand
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

TEST_F(ConversationTest, ATranscriptWithoutWordsIsNoTurnAndAShortAnswerIsOne) {
  for (const char* noise : {"。", ".", "🎼", "[BLANK_AUDIO]", "♪ la la ♪"}) {
    open();
    asr.hears(noise);
    start(ipc::Listen::kAuto);
    utterance();
    EXPECT_THAT(log, IsEmpty()) << noise;
  }
  for (const char* answer : {"好", "5", "Thank you."}) {
    open();
    asr.hears(answer);
    start(ipc::Listen::kAuto);
    utterance();
    EXPECT_THAT(log, Contains(std::string("stt ") + answer));
    take_log();
  }
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
    auto answer = brain.requests().size() == 1 ? calls("self.a") : says("and more.");
    answer.deltas.insert(answer.deltas.begin(), "A moment. Please.");
    return answer;
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(log, Contains("alert I can not speak right now."));
  EXPECT_THAT(log, Not(Contains("end 1"))) << "the tool still runs";
  reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) + R"(,"result":{"content":[]}})");
  EXPECT_EQ(log.back(), "end 1");
}

}  // namespace
}  // namespace earshot::worker
