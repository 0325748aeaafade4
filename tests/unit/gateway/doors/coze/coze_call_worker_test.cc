// A Coze chat, as its worker sees it.
#include "tests/unit/gateway/doors/coze/coze_call_fixture.h"

namespace earshot::gateway {
namespace {

TEST_F(CozeCallTest, AWorkerIsAskedForWhenThereIsSomethingToDo) {
  connect();
  say(kEspUpdate);
  EXPECT_FALSE(open.has_value());
  append(3840);
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->agent(), "default");
  EXPECT_EQ(open->device_id(), "token:t");
  EXPECT_EQ(open->uplink().codec(), ipc::AudioFormat::kPcm16);
  EXPECT_EQ(open->downlink().codec(), ipc::AudioFormat::kOpus);
  EXPECT_EQ(open->downlink().sample_rate_hz(), 16000U);
  EXPECT_EQ(open->downlink().frame_duration_ms(), 60U);
  EXPECT_EQ(open->call().silence_ms(), 500U);
  EXPECT_TRUE(open->call().answers());
}

TEST_F(CozeCallTest, SoundReachesTheWorkerInFrames) {
  connect();
  say(kEspUpdate);
  append(4096);
  place();
  EXPECT_THAT(frames_up, ElementsAre(1920U, 1920U));
}

TEST_F(CozeCallTest, PacketsOfOpusReachTheWorkerAsTheyAre) {
  connect();
  say_type("chat.update", R"({"input_audio":{"codec":"opus"},"turn_detection":{"type":"server_vad"}})");
  append(41);  // bytes of 1 are a packet of two frames of 10 ms
  append(61);
  place();
  EXPECT_THAT(frames_up, ElementsAre(41U, 61U));
}

TEST_F(CozeCallTest, ALostWorkerFailsTheChatAndTheNextOneKnowsWhatWasSaid) {
  connect_esp();
  hear_words("my name is Ann");
  begin_turn(1);
  speak(1, "Hello Ann.");
  told.clear();
  call->lost(now);
  EXPECT_EQ(last("conversation.chat.failed").at("last_error").at("code"), CozeError::kInternal);
  EXPECT_THAT(types(), ElementsAre("conversation.chat.failed"));
  open.reset();
  write_message("what is my name");
  worker.clear();
  place();
  const ipc::CallDialogue& said = worker.front().call_dialogue();
  ASSERT_EQ(said.lines_size(), 3);
  EXPECT_EQ(said.lines(0).text(), "my name is Ann");
  EXPECT_EQ(said.lines(1).text(), "Hello Ann.");
  EXPECT_EQ(said.lines(2).text(), "what is my name");
}

TEST_F(CozeCallTest, AReplyThatWasMadeBeforeTheWorkerWasLostIsToldWholeAndAsSlowly) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once.", 30);
  end_turn(1);
  call->lost(now);
  EXPECT_EQ(count("conversation.audio.delta"), 18U);
  pass_time(1s);
  EXPECT_EQ(count("conversation.audio.delta"), 30U);
  EXPECT_EQ(types().back(), "conversation.chat.completed");
}

TEST_F(CozeCallTest, AReplyIsToldWholeAlsoWhenNobodySaysThatTimePasses) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once.", 30);
  end_turn(1);
  full = true;
  call->lost(now);
  EXPECT_EQ(count("conversation.audio.delta"), 30U);
  EXPECT_EQ(types().back(), "conversation.chat.completed");
}

TEST_F(CozeCallTest, WordsWhoseAnswerIsLostWithTheWorkerFail) {
  connect_esp();
  hear_words("what time is it");
  told.clear();
  call->lost(now);
  EXPECT_EQ(types().back(), "conversation.chat.failed");
}

TEST_F(CozeCallTest, WithoutAWorkerAMessageFailsAndTheConnectionStays) {
  connect();
  write_message("hello");
  told.clear();
  call->given_up(now);
  EXPECT_THAT(types(), ElementsAre("conversation.chat.failed"));
}

TEST_F(CozeCallTest, SoundThatNobodyCanHearIsAnErrorOnce) {
  connect();
  full = true;
  for (int i = 0; i < 5; ++i) append(960);
  EXPECT_EQ(count("error"), 1U);
  EXPECT_EQ(error_code(), CozeError::kTooMany);
}

TEST_F(CozeCallTest, WhatIsHeardIsReported) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "One.", 10);
  speak(1, "Two.", 10);
  end_turn(1);
  worker.clear();
  pass_time(2s);
  std::vector<ipc::PlayoutReport> reports;
  for (const ipc::Envelope& said : worker)
    if (said.has_playout_report()) reports.push_back(said.playout_report());
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].frames_played(), 10U);
  EXPECT_EQ(reports[1].event(), ipc::PlayoutReport::kFinished);
  EXPECT_EQ(reports[1].frames_played(), 20U);
}

TEST_F(CozeCallTest, OtherSettingsReachTheWorkerWhenNothingGoesOn) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "Hello.");
  worker.clear();
  say_type("chat.update", R"({"turn_detection":{"type":"server_vad","silence_duration_ms":900}})");
  EXPECT_THAT(worker, IsEmpty());
  end_turn(1);
  const auto update =
      std::ranges::find_if(worker, [](const ipc::Envelope& said) { return said.has_call_update(); });
  ASSERT_NE(update, worker.end());
  EXPECT_EQ(update->call_update().open().call().silence_ms(), 900U);
}

TEST_F(CozeCallTest, ATurnThatWasCancelledBeforeItBeganIsStopped) {
  connect_esp();
  write_message("hello");
  const std::uint32_t tag = asked_tag();
  hear(ipc::UserSpeech::kStarted);
  worker.clear();
  begin_turn(1, tag);
  EXPECT_TRUE(was_aborted());
}

TEST_F(CozeCallTest, ARecitalThatGivesWayIsNotTakenForTheNextOne) {
  connect();
  say_type("input_text.generate_audio", R"({"text":"One."})");
  place();
  begin_turn(1);  // nothing of it is heard
  say_type("input_text.generate_audio", R"({"text":"Two."})");
  told.clear();
  worker.clear();
  begin_turn(2);  // the first one again: the worker puts back what nobody heard
  EXPECT_TRUE(was_aborted());
  speak(2, "One.", 3, 960);
  EXPECT_THAT(types(), IsEmpty());
  begin_turn(3);
  speak(3, "Two.", 3, 960);
  EXPECT_THAT(types(), ElementsAre("conversation.audio.sentence_start", "conversation.audio.delta"));
}

TEST_F(CozeCallTest, ARecitalThatSpeechCutTwiceIsForgotten) {
  connect_esp();
  say_type("input_text.generate_audio", R"({"text":"One."})");
  begin_turn(1);
  hear(ipc::UserSpeech::kStarted);
  begin_turn(2);  // once more, and cut again
  hear(ipc::UserSpeech::kNothing);
  told.clear();
  say_type("input_text.generate_audio", R"({"text":"Two."})");
  begin_turn(3);
  speak(3, "Two.");
  EXPECT_THAT(types(), Contains("conversation.audio.delta"));
}

TEST_F(CozeCallTest, MoreRecitalsThanAWorkerKeepsAreRefused) {
  connect();
  say_type("input_text.generate_audio", R"({"text":"One."})");
  place();
  for (std::size_t i = 0; i < CozeCall::kMaxRecitals; ++i)
    say_type("input_text.generate_audio", R"({"text":"More."})");
  EXPECT_EQ(error_code(), CozeError::kTooMany);
}

TEST_F(CozeCallTest, MoreToolsThanMayBeOpenAreCancelled) {
  connect();
  say_type("chat.update", R"({"chat_config":{"parameters":{"tools":[{"name":"f"}]}}})");
  write_message("go");
  place();
  begin_turn(1, asked_tag());
  for (std::size_t i = 0; i <= CozeCall::kMaxOpenTools; ++i) {
    ask_tool(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
             R"(,"method":"tools/call","params":{"name":"f"}})");
  }
  EXPECT_EQ(count("conversation.chat.requires_action"), CozeCall::kMaxOpenTools);
  EXPECT_THAT(worker.back().mcp_up().payload(), HasSubstr("cancelled"));
}

TEST_F(CozeCallTest, WhatADetectorHearsIsCompletedWithSilence) {
  connect_esp();
  hear(ipc::UserSpeech::kStarted);
  frames_up.clear();
  say_type("input_audio_buffer.complete");
  pass_time(1s);
  EXPECT_THAT(worker, IsEmpty());  // a stop, and a start behind it, would drop the words
  EXPECT_GE(frames_up.size(), 20U);
  EXPECT_EQ(types().back(), "input_audio_buffer.completed");
  frames_up.clear();
  say_type("input_audio_buffer.complete");  // there was no more sound
  pass_time(1s);
  EXPECT_THAT(frames_up, IsEmpty());
}

TEST_F(CozeCallTest, TheNextPressWaitsForTheWordsOfTheOneBefore) {
  connect();
  append(4800);
  place();
  say_type("input_audio_buffer.complete");
  worker.clear();
  append(4800);
  say_type("input_audio_buffer.complete");
  EXPECT_THAT(worker, IsEmpty());  // a start would drop what is not decided
  told.clear();
  hear(ipc::UserSpeech::kWords, "one");
  EXPECT_EQ(last("conversation.audio_transcript.completed").at("content"), "one");
  hear(ipc::UserSpeech::kWords, "two");
  EXPECT_EQ(last("conversation.audio_transcript.completed").at("content"), "two");
  EXPECT_EQ(count("conversation.chat.created"), 2U);
}

TEST_F(CozeCallTest, APressDoesNotWaitForEverForWordsThatNeverCome) {
  connect();
  append(4800);
  place();
  say_type("input_audio_buffer.complete");
  append(4800);
  worker.clear();
  pass_time(CallWorker::kDecidingPatience + 1ms);
  ASSERT_FALSE(worker.empty());
  EXPECT_EQ(worker.back().listen().state(), ipc::Listen::kStart);
}

TEST_F(CozeCallTest, SpeechOverAReplyThatIsStillBeingSentIsHeard) {
  connect();
  say_type("chat.update", R"({"output_audio":{"codec":"opus","opus_config":{
      "limit_config":{"period":1,"max_frame_num":18}}}})");
  write_message("tell me a story");
  place();
  begin_turn(1, asked_tag());
  speak(1, "Once.", 60);
  end_turn(1);
  worker.clear();
  append(3840);  // the worker has said it all, and listens
  told.clear();
  say_type("input_audio_buffer.complete");
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 1);
  EXPECT_FALSE(was_aborted());  // its ear would be shut
  hear(ipc::UserSpeech::kWords, "stop");
  EXPECT_EQ(last("conversation.audio_transcript.completed").at("content"), "stop");
}

TEST_F(CozeCallTest, AMessageDuringAPressIsAnsweredAndThePressBeginsAnew) {
  connect();
  append(3840);
  place();
  write_message("hello");
  EXPECT_TRUE(was_aborted());
  begin_turn(1, asked_tag());
  end_turn(1);
  worker.clear();
  append(3840);
  ASSERT_FALSE(worker.empty());
  EXPECT_EQ(worker.back().listen().state(), ipc::Listen::kStart);
}

TEST_F(CozeCallTest, AClearLeavesWhatWasCompleted) {
  connect();
  append(2880);
  say_type("input_audio_buffer.complete");
  append(2880);
  say_type("input_audio_buffer.clear");
  place();
  EXPECT_EQ(frames_up.size(), 1U);
  hear(ipc::UserSpeech::kWords, "one");
  EXPECT_EQ(last("conversation.audio_transcript.completed").at("content"), "one");
}

TEST_F(CozeCallTest, WordsThatCameWhileAnAnswerWasDueAreAnsweredByIt) {
  connect_esp();
  write_message("hello");
  const std::uint32_t tag = asked_tag();
  hear_words("and what time is it");
  worker.clear();
  told.clear();
  begin_turn(1, tag);
  EXPECT_FALSE(was_aborted());
  EXPECT_EQ(count("conversation.chat.created"), 1U);
}

TEST_F(CozeCallTest, ShortPacketsComeNoFasterThanAWorkerQueuesThem) {
  connect();
  say_type("chat.update", R"({"input_audio":{"codec":"opus"},"turn_detection":{"type":"server_vad"}})");
  for (int i = 0; i < 300; ++i) append(41);
  place();
  EXPECT_EQ(frames_up.size(), 64U);
  pass_time(100ms);
  EXPECT_EQ(frames_up.size(), 104U);
  pass_time(1s);
  EXPECT_EQ(frames_up.size(), 300U);
}

}  // namespace
}  // namespace earshot::gateway
