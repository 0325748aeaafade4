// A conversation whose other end is a caller and no device.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "worker/conversation/call_terms.h"
#include "worker/conversation/tool_wish.h"

namespace earshot::worker {
namespace {

class ConversationCallTest : public ConversationTest {
 protected:
  ~ConversationCallTest() override {
    if (conversation) conversation->close();  // it tells of its end, here
  }
  void call(bool answers = true, bool interruptible = true) {
    ipc::CallTerms terms;
    terms.set_answers(answers);
    terms.set_interruptible(interruptible);
    terms.set_instructions("Be a pirate.");
    call_with(terms);
  }
  void call_with(const ipc::CallTerms& terms) {
    config = config_for_call(config, terms);
    opened.set_session_id("s1");
    for (ipc::AudioFormat* format : {opened.mutable_uplink(), opened.mutable_downlink()}) {
      format->set_sample_rate_hz(24000);
      format->set_frame_duration_ms(20);
    }
    opened.mutable_uplink()->set_frame_duration_ms(60);
    opened.mutable_downlink()->set_codec(ipc::AudioFormat::kPcm16);
    *opened.mutable_call() = terms;
    auto made = Conversation::create(config, services(), opened,
                                     {.send = [this](ipc::Envelope e) { keep(std::move(e)); },
                                      .send_audio = [this](ipc::Envelope e) { keep(std::move(e)); }});
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
  }
  void keep(ipc::Envelope envelope) {
    if (envelope.has_user_speech()) {
      const auto& speech = envelope.user_speech();
      told.push_back("speech " + std::to_string(speech.event()) +
                     (speech.text().empty() ? "" : " " + speech.text()));
    } else if (envelope.has_turn_began()) {
      told.push_back("began " + std::to_string(envelope.turn_began().tag()));
    } else if (envelope.has_turn_over()) {
      told.push_back("over " + std::to_string(envelope.turn_over().how()));
    } else if (envelope.has_sentence_start()) {
      told.push_back(envelope.sentence_start().text());
    } else if (envelope.has_session_end()) {
      told.push_back("end " + envelope.session_end().reason());
    } else if (envelope.has_audio_down()) {
      ++audio_frames;
      frame_bytes = envelope.audio_down().opus().size();
    }
  }
  void respond(ipc::Respond wanted = {}) {
    if (wanted.tag() == 0) wanted.set_tag(5);
    ipc::Envelope envelope;
    *envelope.mutable_respond() = wanted;
    give(envelope);
  }
  void said(const std::string& words, bool replaces = false) {
    ipc::Envelope envelope;
    envelope.mutable_call_dialogue()->set_replaces(replaces);
    envelope.mutable_call_dialogue()->add_lines()->set_text(words);
    give(envelope);
  }
  std::vector<std::string> take() { return std::exchange(told, {}); }

  std::vector<std::string> told;
  std::size_t audio_frames = 0;
  std::size_t frame_bytes = 0;
};

TEST_F(ConversationCallTest, SpeechIsToldAndAnsweredInPcm) {
  call();
  start(ipc::Listen::kRealtime);
  utterance();
  wait(1s);
  EXPECT_THAT(take(),
              ElementsAre("speech 0", "speech 1", "speech 2 hello", "began 0", "You said hello.", "over 0"));
  EXPECT_GT(audio_frames, 0U);
  EXPECT_EQ(frame_bytes, 960U);
  EXPECT_EQ(brain.requests().back().dialogue.front().text, "Be a pirate.");
}

TEST_F(ConversationCallTest, VoiceAndModelAreAskedAsTheCallerWishes) {
  ipc::CallTerms terms;
  terms.set_answers(true);
  terms.set_voice("marin");
  terms.set_speed_permille(1250);
  terms.mutable_wish()->set_temperature_permille(600);
  terms.mutable_wish()->set_max_tokens(300);
  terms.mutable_wish()->set_tool_use(ipc::CallWish::kRequired);
  call_with(terms);
  start(ipc::Listen::kRealtime);
  utterance();
  wait(1s);
  EXPECT_EQ(brain.requests().back().wish.temperature, 0.6);
  EXPECT_EQ(brain.requests().back().wish.max_tokens, 300U);
  EXPECT_EQ(brain.requests().back().wish.tool_use, LlmWish::ToolUse::kRequired);
  EXPECT_EQ(tts.requests().back().voice, "marin");
  EXPECT_EQ(tts.requests().back().speed, 1.25);
  ipc::Respond own;
  own.mutable_wish()->set_temperature_permille(1900);
  respond(own);
  wait(1s);
  EXPECT_EQ(brain.requests().back().wish.temperature, 1.9);
  EXPECT_EQ(brain.requests().back().wish.max_tokens, 0U);
}

TEST(ChooseToolsTest, OffersWhatTheCallerWishes) {
  const auto chosen = [](LlmWish wish, bool called) {
    LlmRequest request;
    for (const char* name : {"light", "door"})
      request.tools.push_back({.name = name, .description = "", .input_schema = "{}"});
    request.wish = std::move(wish);
    choose_tools(request, called);
    return request;
  };
  using Use = LlmWish::ToolUse;
  EXPECT_EQ(chosen({}, false).tools.size(), 2U);
  EXPECT_TRUE(chosen({.tool_use = Use::kNone}, false).tools.empty());
  EXPECT_EQ(chosen({.tool_use = Use::kRequired}, false).tools.size(), 2U);
  const LlmRequest one = chosen({.tool_use = Use::kRequired, .only_tool = "door"}, false);
  ASSERT_EQ(one.tools.size(), 1U);
  EXPECT_EQ(one.tools.front().name, "door");
  // The answer to it is to be said.
  const LlmRequest next = chosen({.tool_use = Use::kRequired, .only_tool = "door"}, true);
  EXPECT_EQ(next.wish.tool_use, Use::kAuto);
  EXPECT_EQ(next.tools.size(), 2U);
}

TEST_F(ConversationCallTest, WordsWaitForWhoAsksWithoutAnswers) {
  call(false);
  start(ipc::Listen::kRealtime);
  utterance();
  EXPECT_THAT(take(), ElementsAre("speech 0", "speech 1", "speech 2 hello"));
  respond();
  EXPECT_THAT(take(), ElementsAre("began 5", "You said hello.", "over 0"));
}

TEST_F(ConversationCallTest, AnAnswerWaitsForTheWordsBeforeIt) {
  ipc::CallTerms terms;
  terms.set_detection(ipc::CallTerms::kManual);
  call_with(terms);
  start(ipc::Listen::kManual);
  asr.hold_results();
  speech(900ms);
  listen(ipc::Listen::kStop, ipc::Listen::kManual);
  respond();
  EXPECT_THAT(take(), Not(Contains("began 5")));
  asr.release_results();
  run();
  EXPECT_THAT(take(), ElementsAre("speech 2 hello", "began 5", "You said hello.", "over 0"));
}

TEST_F(ConversationCallTest, SpeechEndsAReplyAtOnce) {
  call();
  tts.speak_for(5s);
  start(ipc::Listen::kRealtime);
  utterance();
  take();
  brain.set_script([](const LlmRequest&) { return hangs(); });
  said("go on");
  respond();
  take();
  speech(600ms);
  EXPECT_THAT(take(), ElementsAre("speech 0", "over 1"));
}

TEST_F(ConversationCallTest, WhoMayNotInterruptIsHeardAllTheSame) {
  call(true, false);
  brain.set_script([](const LlmRequest&) { return hangs(); });
  start(ipc::Listen::kRealtime);
  respond();
  take();
  utterance();
  EXPECT_THAT(take(), ElementsAre("speech 0", "speech 1", "speech 2 hello"));
}

TEST_F(ConversationCallTest, ASilentAnswerHasSentencesAndNoSound) {
  call();
  said("hi");
  ipc::Respond wanted;
  wanted.set_tag(7);
  wanted.set_silent(true);
  respond(wanted);
  EXPECT_THAT(take(), ElementsAre("began 7", "You said hi.", "over 0"));
  EXPECT_EQ(audio_frames, 0U);
  said("hi again");
  respond();
  EXPECT_GT(audio_frames, 0U);
}

TEST_F(ConversationCallTest, WhatIsAskedAsideIsNotRemembered) {
  call();
  said("my name is Ada");
  ipc::Respond wanted;
  wanted.set_tag(8);
  wanted.set_aside(true);
  wanted.add_input()->set_text("classify this");
  respond(wanted);
  EXPECT_THAT(take(), Contains("You said classify this."));
  respond();
  const auto& dialogue = brain.requests().back().dialogue;
  ASSERT_EQ(dialogue.size(), 2U);
  EXPECT_EQ(dialogue.back().text, "my name is Ada");
}

TEST_F(ConversationCallTest, TheCallerSaysWhatWasSaid) {
  call();
  said("one");
  said("two");
  said("three", true);
  respond();
  EXPECT_EQ(brain.requests().back().dialogue.size(), 2U);
  EXPECT_EQ(brain.requests().back().dialogue.back().text, "three");
}

TEST_F(ConversationCallTest, NobodyApologisesToACaller) {
  call();
  start(ipc::Listen::kRealtime);
  asr.fails();
  utterance();
  EXPECT_THAT(take(), ElementsAre("speech 0", "speech 1", "speech 4"));
  asr.rejects();
  utterance();
  EXPECT_THAT(take(), ElementsAre("speech 0", "speech 1", "speech 3"));
}

TEST_F(ConversationCallTest, AWorkerThatLeavesEndsItBetweenAnswers) {
  call();
  start(ipc::Listen::kRealtime);
  brain.set_script([](const LlmRequest&) { return hangs(); });
  respond();
  take();
  conversation->leave();
  wait(1s);
  EXPECT_THAT(take(), IsEmpty());  // an answer is waited for
  abort();
  wait(1s);
  EXPECT_THAT(take(), ElementsAre("over 1", "end the worker leaves"));
}

TEST_F(ConversationCallTest, ADeviceCanNotBeAskedTo) {
  open();
  respond();
  EXPECT_EQ(counted(ConversationEvent::kUnexpected), 1U);
}

}  // namespace
}  // namespace earshot::worker
