// A Realtime session, as its worker sees it: what it is told of settings and sound, and what is done when it goes.
#include "gateway/doors/realtime/realtime_call.h"

#include "tests/unit/gateway/doors/realtime/realtime_call_fixture.h"

namespace earshot::gateway {
namespace {

TEST_F(RealtimeCallTest, AnswersWaitBehindTheSpeechThatTheyAnswer) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
  append(48000 * 20);
  place();
  say(R"({"type":"input_audio_buffer.commit"})");
  say(R"({"type":"response.create"})");
  EXPECT_FALSE(worker.back().has_respond());
  for (int i = 0; i < 400 && !worker.back().has_respond(); ++i) call->tick(now += 20ms);
  EXPECT_TRUE(worker.back().has_respond());
  EXPECT_EQ(audio_frames, 334U);
}

TEST_F(RealtimeCallTest, ACommitWhileNobodySpeaksLeavesTheDetectorOn) {
  connect();
  append(48000);
  place();
  worker.clear();
  say(R"({"type":"input_audio_buffer.commit"})");
  EXPECT_EQ(error_code(), "input_audio_buffer_commit_empty");
  EXPECT_THAT(worker, IsEmpty());
  audio_frames = 0;
  hear(ipc::UserSpeech::kStarted);
  say(R"({"type":"input_audio_buffer.commit"})");
  for (int i = 0; i < 100; ++i) call->tick(now += 20ms);
  EXPECT_THAT(worker, IsEmpty());  // a stop, and a start behind it, would drop the words
  EXPECT_GE(audio_frames, 20U);    // of silence: the detector ends it
  hear(ipc::UserSpeech::kStopped);
  EXPECT_EQ(last("input_audio_buffer.speech_stopped").at("audio_end_ms"), 1000);  // what was appended
}

TEST_F(RealtimeCallTest, TheNextSpeechWaitsForTheWordsOfTheOneBefore) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
  append(4800);
  place();
  say(R"({"type":"input_audio_buffer.commit"})");
  worker.clear();
  append(4800);
  EXPECT_THAT(worker, IsEmpty());
  hear(ipc::UserSpeech::kWords, "one");
  ASSERT_FALSE(worker.empty());
  EXPECT_EQ(worker.back().listen().state(), ipc::Listen::kStart);
}

TEST_F(RealtimeCallTest, AClearLeavesWhatWasCommitted) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
  append(5760);  // two frames
  say(R"({"type":"input_audio_buffer.commit"})");
  append(5760);
  say(R"({"type":"input_audio_buffer.clear"})");
  place();
  EXPECT_EQ(audio_frames, 2U);
}

TEST_F(RealtimeCallTest, AnOutputThatNoWorkerReadsIsCut) {
  connect();
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  ask_tool(R"({"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"weather"}})");
  const json::value call_id = last("response.function_call_arguments.done").at("call_id");
  say(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":)" +
      json::serialize(call_id) + R"(,"output":")" + std::string(65'530, 'x') + R"("}})");
  say(R"({"type":"response.create"})");
  const auto answer = json::parse_object(worker.back().mcp_up().payload(), 64 * 1024);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->at("result").at("content").at(0).at("text").as_string().size(), 8192U);
}

TEST_F(RealtimeCallTest, AReplyThatIsTooLongToBeKeptIsNotTruncated) {
  connect();
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  speak(1, "First.");
  const json::value item = last("response.output_item.added").at("item").at("id");
  const std::string text(60'000, 'x');
  for (int i = 0; i < 8; ++i) {
    say(R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
            "content":[{"type":"input_text","text":")" +
        text + R"("}]}})");
  }
  speak(1, text);  // it is the oldest item, and grows when it ends
  say(R"({"type":"conversation.item.truncate","item_id":)" + json::serialize(item) +
      R"(,"content_index":0,"audio_end_ms":0})");
  EXPECT_EQ(error_code(), "item_truncate_invalid_item_id");
}

TEST_F(RealtimeCallTest, TheWorkerLearnsWhatWasHeard) {
  connect();
  append(4800);
  place();
  begin_turn(1);
  speak(1, "First.", 50);  // a second each
  speak(1, "Second.", 50);
  end_turn(1);
  const auto reports = [&] {
    std::vector<int> all;
    for (const auto& envelope : std::exchange(worker, {})) {
      if (envelope.has_playout_report()) all.push_back(envelope.playout_report().event());
    }
    return all;
  };
  EXPECT_THAT(reports(), ElementsAre(ipc::PlayoutReport::kStarted, ipc::PlayoutReport::kSentence));
  call->tick(now += 1100ms);
  EXPECT_THAT(reports(), ElementsAre(ipc::PlayoutReport::kSentence));
  call->tick(now += 1000ms);
  EXPECT_THAT(reports(), ElementsAre(ipc::PlayoutReport::kFinished));
}

TEST_F(RealtimeCallTest, SettingsChangeWhenNothingGoesOn) {
  connect();
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  say(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
  EXPECT_FALSE(worker.back().has_call_update());
  end_turn(1);
  bool updated = false;
  for (const auto& envelope : worker)
    updated = updated || envelope.call_update().open().call().instructions() == "Be brief.";
  EXPECT_TRUE(updated);
}

TEST_F(RealtimeCallTest, SettingsThatChangeBehindAnAnswerLeaveItSaid) {
  connect();
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  speak(1, "A long story.", 500);
  end_turn(1);
  worker.clear();
  say(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
  ASSERT_GE(worker.size(), 2U);
  EXPECT_TRUE(worker[0].has_call_update());
  ASSERT_TRUE(worker[1].call_dialogue().replaces());
  EXPECT_EQ(worker[1].call_dialogue().lines(0).text(), "A long story.");
}

TEST_F(RealtimeCallTest, SettingsThatChangeDuringSpeechDoNotEndItsAnswer) {
  connect();
  append(4800);
  place();
  hear(ipc::UserSpeech::kStarted);
  say(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
  hear(ipc::UserSpeech::kStopped);
  worker.clear();
  hear(ipc::UserSpeech::kWords, "hello");
  EXPECT_THAT(worker, IsEmpty());  // it answers
  begin_turn(1);
  end_turn(1);
  ASSERT_FALSE(worker.empty());
  EXPECT_TRUE(worker.front().has_call_update());
}

TEST_F(RealtimeCallTest, SettingsThatChangeDuringSpeechThatNobodyAnswersHoldFromItsWords) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
  append(4800);
  place();
  append(4800);
  say(R"({"type":"input_audio_buffer.commit"})");
  say(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
  worker.clear();
  hear(ipc::UserSpeech::kWords, "hello");
  ASSERT_FALSE(worker.empty());
  EXPECT_TRUE(worker.front().has_call_update());
}

TEST_F(RealtimeCallTest, WordsOfAWorkerThatWasLostAreNotThoseOfTheNext) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null,
          "transcription":{"model":"x"}}}}})");
  append(4800);
  place();
  call->lost(now);
  say(R"({"type":"input_audio_buffer.commit"})");
  EXPECT_EQ(last("conversation.item.input_audio_transcription.failed").at("item_id"),
            last("input_audio_buffer.committed").at("item_id"));
  append(4800);
  place();
  say(R"({"type":"input_audio_buffer.commit"})");
  hear(ipc::UserSpeech::kWords, "hello");
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed").at("item_id"),
            last("input_audio_buffer.committed").at("item_id"));
}

TEST_F(RealtimeCallTest, AWorkerMayLeaveBetweenAnswers) {
  connect();
  append(4800);
  place();
  told.clear();
  ipc::Envelope end;
  end.mutable_session_end()->set_reason("the worker leaves");
  call->envelope(end, now);
  EXPECT_FALSE(open.has_value());
  EXPECT_THAT(told, IsEmpty());
  append(4800);
  place();
  say(R"({"type":"response.create"})");
  call->envelope(end, now);
  EXPECT_EQ(error_code(), "worker_ended");
  EXPECT_EQ(last("response.done").at("response").at("status"), "failed");
}

TEST_F(RealtimeCallTest, AnotherWorkerIsToldWhatWasSaid) {
  connect();
  say(R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
          "content":[{"type":"input_text","text":"my name is Ada"}]}})");
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  call->lost(now);
  EXPECT_EQ(last("response.done").at("response").at("status"), "failed");
  open.reset();
  worker.clear();
  say(R"({"type":"response.create"})");
  place();
  EXPECT_EQ(worker.front().call_dialogue().lines(0).text(), "my name is Ada");
}

}  // namespace
}  // namespace earshot::gateway
