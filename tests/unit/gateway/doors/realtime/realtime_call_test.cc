// A Realtime session, as its client sees it.
#include "gateway/doors/realtime/realtime_call.h"

#include "tests/unit/gateway/doors/realtime/realtime_call_fixture.h"

namespace earshot::gateway {
namespace {

TEST_F(RealtimeCallTest, ASpokenTurnIsToldInOrder) {
  connect();
  append(4800);
  place();
  EXPECT_THAT(types(), ElementsAre("session.created"));
  hear(ipc::UserSpeech::kStarted);
  hear(ipc::UserSpeech::kStopped);
  hear(ipc::UserSpeech::kWords, "what time is it");
  EXPECT_THAT(types(), ElementsAre("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                                   "input_audio_buffer.committed", "conversation.item.added",
                                   "conversation.item.done"));
  begin_turn(1);
  speak(1, "It is noon.");
  end_turn(1);
  EXPECT_EQ(last("response.done").at("response").at("usage").at("total_tokens"), 17);
  EXPECT_THAT(types(), ElementsAre("response.created", "response.output_item.added",
                                   "conversation.item.added", "response.content_part.added",
                                   "response.output_audio_transcript.delta", "response.output_audio.delta",
                                   "response.output_audio.delta", "response.output_audio.delta",
                                   "response.output_audio.done", "response.output_audio_transcript.done",
                                   "response.content_part.done", "conversation.item.done",
                                   "response.output_item.done", "response.done", "rate_limits.updated"));
}

TEST_F(RealtimeCallTest, TheBetaDialectHasItsOwnNames) {
  connect(RealtimeDialect::kBeta);
  EXPECT_THAT(types(), ElementsAre("session.created", "conversation.created"));
  append(4800);
  place();
  hear(ipc::UserSpeech::kStarted);
  hear(ipc::UserSpeech::kStopped);
  begin_turn(1);
  speak(1, "Hello.", 1);
  end_turn(1);
  const auto all = types();
  EXPECT_THAT(all, Contains("response.audio.delta"));
  EXPECT_THAT(all, Contains("response.audio_transcript.done"));
  EXPECT_THAT(all, Contains("conversation.item.created"));
  EXPECT_THAT(all, Not(Contains("conversation.item.done")));
}

TEST_F(RealtimeCallTest, AFlatUpdateOfAnUndecidedClientIsBeta) {
  connect();
  say(R"({"type":"session.update","session":{"modalities":["text"],"turn_detection":null}})");
  EXPECT_TRUE(last("session.updated").at("session").as_object().contains("modalities"));
}

TEST_F(RealtimeCallTest, AllPartsOfAResponseHaveTheSameIds) {
  connect();
  append(4800);
  place();
  begin_turn(1);
  speak(1, "Hello.");
  end_turn(1);
  const json::value response = last("response.created").at("response").at("id");
  const json::value item = last("response.output_item.added").at("item").at("id");
  for (const char* type :
       {"response.output_audio.delta", "response.output_audio.done", "response.content_part.done"}) {
    EXPECT_EQ(last(type).at("response_id"), response) << type;
    EXPECT_EQ(last(type).at("item_id"), item) << type;
  }
  EXPECT_EQ(last("response.done").at("response").at("output").at(0).at("id"), item);
}

TEST_F(RealtimeCallTest, SpeechOverAReplyEndsIt) {
  connect();
  append(4800);
  place();
  begin_turn(1);
  speak(1, "A long story.");
  types();
  hear(ipc::UserSpeech::kStarted);
  end_turn(1, ipc::TurnOver::kCancelled);
  const json::value response = last("response.done").at("response");
  EXPECT_EQ(response.at("status"), "cancelled");
  EXPECT_EQ(response.at("status_details").at("reason"), "turn_detected");
  EXPECT_EQ(last("response.output_item.done").at("item").at("status"), "incomplete");
  types();
  speak(1, "Too late.");
  EXPECT_THAT(types(), IsEmpty());
}

TEST_F(RealtimeCallTest, PushToTalkIsAnsweredWhenItIsAskedFor) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
  append(48000);
  place();
  EXPECT_TRUE(open->call().detection() == ipc::CallTerms::kManual);
  types();
  say(R"({"type":"input_audio_buffer.commit"})");
  EXPECT_THAT(types(), ElementsAre("input_audio_buffer.committed", "conversation.item.added",
                                   "conversation.item.done"));
  say(R"({"type":"response.create"})");
  EXPECT_THAT(types(), ElementsAre("response.created"));
  EXPECT_EQ(audio_frames, 17U);  // of 60 ms, the last one filled up
  ASSERT_GE(worker.size(), 3U);
  EXPECT_EQ(worker[worker.size() - 2].listen().state(), ipc::Listen::kStop);
  EXPECT_EQ(worker.back().respond().tag(), 1U);
  begin_turn(3, 1);
  speak(3, "Yes.");
  end_turn(3);
  EXPECT_THAT(types(), Contains("response.done"));
}

TEST_F(RealtimeCallTest, AnEmptyCommitIsAnErrorAndNothingElse) {
  connect();
  say(R"({"type":"input_audio_buffer.commit","event_id":"mine"})");
  EXPECT_EQ(error_code(), "input_audio_buffer_commit_empty");
  EXPECT_EQ(last("error").at("error").at("event_id"), "mine");
}

TEST_F(RealtimeCallTest, TextIsAnsweredInText) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}})");
  say(R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
          "content":[{"type":"input_text","text":"hi"}]}})");
  say(R"({"type":"response.create"})");
  place();
  EXPECT_TRUE(open->call().silent());
  EXPECT_EQ(worker.front().call_dialogue().lines(0).text(), "hi");
  EXPECT_TRUE(worker.back().respond().silent());
  types();
  begin_turn(1, 1);
  speak(1, "Hello.", 0);
  speak(1, "Friend.", 0);
  end_turn(1);
  EXPECT_EQ(last("response.output_text.done").at("text"), "Hello. Friend.");
  EXPECT_THAT(types(), Not(Contains("response.output_audio.delta")));
}

TEST_F(RealtimeCallTest, AFunctionIsCalledAndItsOutputAnswered) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","tools":[{"type":"function","name":"weather",
          "description":"d","parameters":{"type":"object","properties":{}}}]}})");
  say(R"({"type":"response.create"})");
  place();
  ask_tool(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
  EXPECT_THAT(worker.back().mcp_up().payload(), HasSubstr("weather"));
  begin_turn(1, 1);
  speak(1, "Let me see.");
  ask_tool(
      R"({"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"weather","arguments":{"at":"here"}}})");
  const json::value call_id = last("response.function_call_arguments.done").at("call_id");
  EXPECT_EQ(last("response.function_call_arguments.done").at("arguments"), R"({"at":"here"})");
  const json::value response = last("response.done").at("response");
  EXPECT_EQ(response.at("output").as_array().size(), 2U);
  EXPECT_EQ(response.at("output").at(1).at("call_id"), call_id);
  types();
  const std::size_t before = worker.size();
  say(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":)" +
      json::serialize(call_id) + R"(,"output":"sunny"}})");
  EXPECT_EQ(worker.size(), before);  // the server never goes on by itself
  say(R"({"type":"response.create"})");
  EXPECT_THAT(worker.back().mcp_up().payload(), HasSubstr("sunny"));
  speak(1, "It is sunny.");
  end_turn(1);
  EXPECT_EQ(last("response.done").at("response").at("status"), "completed");
}

TEST_F(RealtimeCallTest, CancelEndsTheResponseAtOnce) {
  connect();
  say(R"({"type":"response.cancel"})");
  EXPECT_EQ(error_code(), "response_cancel_not_active");
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  speak(1, "A long story.");
  say(R"({"type":"response.create"})");
  EXPECT_EQ(error_code(), "conversation_already_has_active_response");
  say(R"({"type":"response.cancel"})");
  EXPECT_EQ(last("response.done").at("response").at("status_details").at("reason"), "client_cancelled");
  EXPECT_TRUE(worker.back().has_abort());
  types();
  end_turn(1, ipc::TurnOver::kCancelled);
  EXPECT_THAT(types(), IsEmpty());
}

TEST_F(RealtimeCallTest, ATruncatedReplyIsForgottenFromThere) {
  connect();
  say(R"({"type":"response.create"})");
  place();
  begin_turn(1, 1);
  speak(1, "First.", 10);  // 200 ms
  speak(1, "Second.", 10);
  end_turn(1);
  const json::value item = last("response.output_item.done").at("item").at("id");
  say(R"({"type":"conversation.item.truncate","item_id":)" + json::serialize(item) +
      R"(,"content_index":0,"audio_end_ms":500})");
  EXPECT_EQ(error_code(), "invalid_value");
  say(R"({"type":"conversation.item.truncate","item_id":)" + json::serialize(item) +
      R"(,"content_index":0,"audio_end_ms":150})");
  EXPECT_EQ(last("conversation.item.truncated").at("audio_end_ms"), 150);
  ASSERT_TRUE(worker.back().call_dialogue().replaces());
  EXPECT_EQ(worker.back().call_dialogue().lines(0).text(), "First.");
}

TEST_F(RealtimeCallTest, AResponseAsideLeavesNoTrace) {
  connect();
  say(R"({"type":"response.create","response":{"conversation":"none","metadata":{"topic":"x"},
          "output_modalities":["text"],"input":[{"type":"message","role":"user",
          "content":[{"type":"input_text","text":"classify"}]}]}})");
  place();
  EXPECT_TRUE(worker.back().respond().aside());
  EXPECT_EQ(worker.back().respond().input(0).text(), "classify");
  begin_turn(1, 1);
  speak(1, "Fine.", 0);
  end_turn(1);
  EXPECT_EQ(last("response.done").at("response").at("metadata").at("topic"), "x");
  EXPECT_TRUE(last("response.done").at("response").at("conversation_id").is_null());
  EXPECT_THAT(types(), Not(Contains("conversation.item.added")));
}

TEST_F(RealtimeCallTest, TranscriptsAreToldToWhoWantsThem) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"x"}}}}})");
  append(4800);
  place();
  hear(ipc::UserSpeech::kStarted);
  hear(ipc::UserSpeech::kStopped);
  hear(ipc::UserSpeech::kWords, "good morning");
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed").at("transcript"), "good morning");
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed").at("item_id"),
            last("input_audio_buffer.speech_started").at("item_id"));
}

TEST_F(RealtimeCallTest, ACoughDoesNotTakeTheWordsOfAnother) {
  connect();
  say(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"x"}}}}})");
  append(4800);
  place();
  hear(ipc::UserSpeech::kStarted);
  hear(ipc::UserSpeech::kStopped);
  types();
  hear(ipc::UserSpeech::kNothing, "", 2);
  EXPECT_THAT(types(), IsEmpty());
  hear(ipc::UserSpeech::kWords, "good morning");
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed").at("transcript"), "good morning");
}

TEST_F(RealtimeCallTest, HostileEventsAreToldAndSurvived) {
  connect();
  for (
      const std::string_view event :
      {"", "{", "[]", "null", R"({"type":7})", R"({"type":"no.such.event"})", R"({"type":"session.update"})",
       R"({"type":"session.update","session":{"audio":7}})",
       R"({"type":"session.update","session":{"turn_detection":{"type":"psychic"}}})",
       R"({"type":"session.update","session":{"tools":[{"type":"function"}]}})",
       R"({"type":"input_audio_buffer.append"})", R"({"type":"input_audio_buffer.append","audio":"###"})",
       R"({"type":"conversation.item.create","item":{"type":"message","content":[7]}})",
       R"({"type":"conversation.item.create","item":{"type":"ghost"}})",
       R"({"type":"conversation.item.create","previous_item_id":"nobody","item":{"type":"message","content":[]}})",
       R"({"type":"conversation.item.retrieve","item_id":"nobody"})",
       R"({"type":"conversation.item.delete"})",
       R"({"type":"conversation.item.truncate","item_id":"nobody"})",
       R"({"type":"response.create","response":{"input":[]}})"}) {
    told.clear();
    say(event);
    ASSERT_EQ(told.size(), 1U) << event;
    EXPECT_EQ(told.front().at("type"), "error") << event;
  }
}

TEST_F(RealtimeCallTest, ItemsInThousandsAreBounded) {
  connect();
  for (int i = 0; i < 3000; ++i) {
    say(R"({"type":"conversation.item.create","item":{"id":"i)" + std::to_string(i) +
        R"(","type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}})");
  }
  told.clear();
  say(R"({"type":"conversation.item.retrieve","item_id":"i0"})");
  EXPECT_EQ(error_code(), "item_retrieve_invalid_item_id");
  say(R"({"type":"conversation.item.retrieve","item_id":"i2999"})");
  EXPECT_EQ(last("conversation.item.retrieved").at("item").at("id"), "i2999");
}

TEST_F(RealtimeCallTest, MoreSoundThanASessionHoldsIsRefused) {
  connect();
  std::size_t taken = 0;
  for (; taken < 10 && (told.empty() || told.back().at("type").as_string() != "error"); ++taken)
    append(2'500'000);
  EXPECT_EQ(error_code(), "input_audio_buffer_full");
  EXPECT_LE(taken, 5U);
}

TEST_F(RealtimeCallTest, SamplesInHalvesAreMended) {
  connect();
  append(2881);
  place();
  append(2879);
  EXPECT_EQ(audio_frames, 2U);
}

}  // namespace
}  // namespace earshot::gateway
