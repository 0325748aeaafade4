// A Coze chat, as its client sees it.
#include "gateway/doors/coze/coze_call.h"

#include "tests/unit/gateway/doors/coze/coze_call_fixture.h"

namespace earshot::gateway {
namespace {

TEST_F(CozeCallTest, ASpokenTurnIsToldInOrder) {
  connect_esp();
  hear_words("what time is it");
  begin_turn(1);
  speak(1, "It is noon.");
  end_turn(1);
  EXPECT_EQ(last("conversation.chat.completed").at("usage").at("token_count"), 17);
  EXPECT_EQ(last("conversation.chat.completed").at("conversation_id"), "7497079300000000000");
  EXPECT_THAT(
      types(),
      ElementsAre("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                  "conversation.audio_transcript.update", "conversation.audio_transcript.completed",
                  "conversation.message.completed", "conversation.chat.created",
                  "conversation.chat.in_progress", "conversation.message.delta",
                  "conversation.audio.sentence_start", "conversation.audio.delta", "conversation.audio.delta",
                  "conversation.message.completed", "conversation.message.completed",
                  "conversation.audio.completed", "conversation.chat.completed"));
}

TEST_F(CozeCallTest, AQuestionIsOfTheChatThatAnswersIt) {
  connect_esp();
  hear_words("what time is it");
  const json::value asked = last("conversation.message.completed").at("chat_id");
  begin_turn(1);
  EXPECT_EQ(last("conversation.chat.created").at("id"), asked);
}

TEST_F(CozeCallTest, TheDeltasOfAMessageMakeItsText) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "One.");
  speak(1, "Two.");
  std::string text;
  for (const json::object& event : told) {
    if (event.at("event_type").as_string() == "conversation.message.delta")
      text += event.at("data").at("content").as_string();
  }
  told.clear();
  end_turn(1);
  EXPECT_EQ(text, "One. Two.");
  EXPECT_EQ(told.front().at("data").at("content"), "One. Two.");
}

TEST_F(CozeCallTest, AnUpdateMayComeBeforeAnythingElseAndIsToldBack) {
  connect();
  say(kEspUpdate);
  const json::object shown = last("chat.updated");
  EXPECT_EQ(shown.at("output_audio").at("opus_config").at("sample_rate"), 16000);
  EXPECT_EQ(shown.at("output_audio").at("opus_config").at("limit_config").at("max_frame_num"), 18);
  EXPECT_EQ(shown.at("turn_detection").at("type"), "server_vad");
  EXPECT_THAT(types(), ElementsAre("chat.created", "chat.updated"));
}

TEST_F(CozeCallTest, OnePacketOfOpusIsOneDelta) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "Hello.", 3, 101);
  EXPECT_EQ(count("conversation.audio.delta"), 3U);
  EXPECT_EQ(from_base64(last("conversation.audio.delta").at("content").as_string())->size(), 101U);
}

TEST_F(CozeCallTest, NoMoreDeltasThanTheClientTakesInAPeriod) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once upon a time.", 50);
  end_turn(1);
  EXPECT_EQ(count("conversation.audio.delta"), 18U);
  pass_time(999ms);
  EXPECT_EQ(count("conversation.audio.delta"), 18U);
  pass_time(1ms);
  EXPECT_EQ(count("conversation.audio.delta"), 36U);
  EXPECT_EQ(count("conversation.chat.completed"), 0U);
  pass_time(1000ms);
  EXPECT_EQ(count("conversation.audio.delta"), 50U);
  EXPECT_EQ(types().back(), "conversation.chat.completed");
}

TEST_F(CozeCallTest, TheNextReplyWaitsForWhatTheOneBeforeHasSent) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "Hello.", 18);
  end_turn(1);
  write_message("and?");
  begin_turn(2, asked_tag());
  told.clear();
  speak(2, "Well.", 1);
  EXPECT_EQ(count("conversation.audio.delta"), 0U);
  pass_time(1s);
  EXPECT_EQ(count("conversation.audio.delta"), 1U);
}

TEST_F(CozeCallTest, AnUpdateWithTheSameLimitSendsNothingMore) {
  connect_esp();
  hear_words("hello");
  begin_turn(1);
  speak(1, "Hello.", 30);
  say(kEspUpdate);
  EXPECT_EQ(count("conversation.audio.delta"), 18U);
}

TEST_F(CozeCallTest, PlainSamplesAreCutIntoTheFramesThatWereAskedFor) {
  connect();
  say_type("chat.update",
           R"({"output_audio":{"codec":"pcm","pcm_config":{"sample_rate":16000,"frame_size_ms":50}}})");
  write_message("hello");
  place();
  begin_turn(1, asked_tag());
  speak(1, "Hello.", 4, 640);  // 80 ms
  EXPECT_EQ(count("conversation.audio.delta"), 1U);
  EXPECT_EQ(from_base64(last("conversation.audio.delta").at("content").as_string())->size(), 1600U);
  end_turn(1);
  EXPECT_EQ(count("conversation.audio.delta"), 2U);  // the rest
}

TEST_F(CozeCallTest, OnlyWhatWasSubscribedToIsToldAndErrorsAlways) {
  connect();
  say_type("chat.update", R"({"event_subscriptions":["conversation.audio.delta"]})");
  told.clear();
  write_message("hello");
  place();
  begin_turn(1, asked_tag());
  speak(1, "Hello.", 3, 960);
  end_turn(1);
  say_type("nonsense");
  EXPECT_THAT(types(), ElementsAre("conversation.audio.delta", "error"));
}

TEST_F(CozeCallTest, PushToTalkIsRecognisedAndAnswered) {
  connect();
  append(4800);
  place();
  say_type("input_audio_buffer.complete");
  told.clear();
  hear(ipc::UserSpeech::kWords, "what time is it");
  EXPECT_THAT(types(),
              ElementsAre("conversation.audio_transcript.update", "conversation.audio_transcript.completed",
                          "conversation.message.completed", "conversation.chat.created",
                          "conversation.chat.in_progress"));
  EXPECT_NE(asked_tag(), 0U);
}

TEST_F(CozeCallTest, WhoPressesAndSpeaksOverAReplyTakesItsPlace) {
  connect();
  write_message("tell me a story");
  place();
  begin_turn(1, asked_tag());
  speak(1, "Once.");
  append(4800);
  EXPECT_EQ(count("conversation.chat.canceled"), 0U);
  say_type("input_audio_buffer.complete");
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 1);
  EXPECT_TRUE(was_aborted());
}

TEST_F(CozeCallTest, PushToTalkWithoutWordsIsNotAnswered) {
  connect();
  append(4800);
  place();
  say_type("input_audio_buffer.complete");
  told.clear();
  hear(ipc::UserSpeech::kNothing);
  EXPECT_EQ(last("conversation.audio_transcript.completed").at("content"), "");
  EXPECT_EQ(asked_tag(), 0U);
}

TEST_F(CozeCallTest, CompletingWhatWasNotSaidIsHarmless) {
  connect();
  say_type("input_audio_buffer.complete");
  say_type("input_audio_buffer.clear");
  EXPECT_THAT(types(),
              ElementsAre("chat.created", "input_audio_buffer.completed", "input_audio_buffer.cleared"));
}

TEST_F(CozeCallTest, CancellingNothingIsHarmless) {
  connect();
  say_type("conversation.chat.cancel");
  EXPECT_THAT(types(), ElementsAre("chat.created"));
}

TEST_F(CozeCallTest, ACancelledChatIsSilent) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once.", 30);
  told.clear();
  say_type("conversation.chat.cancel");
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 2);
  EXPECT_TRUE(was_aborted());
  speak(1, "More.");
  end_turn(1, ipc::TurnOver::kCancelled);
  pass_time(5s);
  EXPECT_THAT(types(), ElementsAre("conversation.chat.canceled"));
}

TEST_F(CozeCallTest, SpeechInterruptsAReplyAlsoOneThatIsStillBeingSent) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once.", 30);
  end_turn(1);
  told.clear();
  hear(ipc::UserSpeech::kStarted, "", 2);
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 1);
  pass_time(5s);
  EXPECT_THAT(types(), ElementsAre("input_audio_buffer.speech_started", "conversation.chat.canceled"));
}

TEST_F(CozeCallTest, ANewMessageTakesThePlaceOfAReply) {
  connect_esp();
  hear_words("tell me a story");
  begin_turn(1);
  speak(1, "Once.");
  told.clear();
  write_message("stop that");
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 3);
  EXPECT_THAT(types(), ElementsAre("conversation.chat.canceled", "conversation.message.completed",
                                   "conversation.chat.created", "conversation.chat.in_progress"));
  speak(1, "Upon a time.");
  EXPECT_THAT(types(), IsEmpty());
  begin_turn(2, asked_tag());
  speak(2, "Well.");
  EXPECT_THAT(types(), Contains("conversation.audio.delta"));
}

TEST_F(CozeCallTest, OnlyAKeywordInterruptsWhenThereAreAny) {
  connect();
  say_type("chat.update", R"({"turn_detection":{"type":"server_vad",
      "interrupt_config":{"mode":"keyword_prefix","keywords":["Hello Coze"]}}})");
  append(3840);
  place();
  EXPECT_FALSE(open->call().interruptible());
  hear_words("tell me a story");
  begin_turn(1, asked_tag());
  speak(1, "Once.");
  told.clear();
  hear_words("and then", 2);
  EXPECT_THAT(types(), IsEmpty());
  hear_words("hello, coze: what time is it", 3);
  EXPECT_EQ(last("conversation.chat.canceled").at("code"), 1);
  EXPECT_THAT(types(),
              ElementsAre("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                          "conversation.chat.canceled", "conversation.audio_transcript.update",
                          "conversation.audio_transcript.completed", "conversation.message.completed",
                          "conversation.chat.created", "conversation.chat.in_progress"));
}

TEST_F(CozeCallTest, TextIsReadAloudWithoutAChat) {
  connect();
  say_type("input_text.generate_audio", R"({"mode":"text","text":"Dinner is ready."})");
  place();
  EXPECT_EQ(worker.back().say().text(), "Dinner is ready.");
  begin_turn(1);
  speak(1, "Dinner is ready.", 3, 960);
  end_turn(1);
  EXPECT_EQ(last("conversation.audio.delta").at("chat_id"), "0");
  EXPECT_THAT(types(), ElementsAre("chat.created", "conversation.audio.sentence_start",
                                   "conversation.audio.delta", "conversation.audio.completed"));
}

TEST_F(CozeCallTest, TheProloguePlaysOnce) {
  connect();
  const std::string update = R"({"need_play_prologue":true,"prologue_content":"Hello, I am here."})";
  say_type("chat.update", update);
  place();
  begin_turn(1);
  speak(1, "Hello, I am here.");
  end_turn(1);
  EXPECT_THAT(types(), Contains("conversation.audio.completed"));
  worker.clear();
  say_type("chat.update", update);
  EXPECT_FALSE(std::ranges::any_of(worker, [](const ipc::Envelope& said) { return said.has_say(); }));
}

TEST_F(CozeCallTest, AFunctionOfTheClientIsAskedForAndItsOutputGoesOn) {
  connect();
  say_type("chat.update", R"({"chat_config":{"parameters":{"tools":[{"type":"function","function":
      {"name":"set_volume","parameters":{"type":"object"}}}]}}})");
  write_message("louder");
  place();
  EXPECT_TRUE(open->device_mcp());
  begin_turn(1, asked_tag());
  ask_tool(
      R"({"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"set_volume","arguments":{"v":7}}})");
  const json::object shown = last("conversation.chat.requires_action");
  EXPECT_EQ(shown.at("status"), "requires_action");
  const json::object call_shown =
      shown.at("required_action").at("submit_tool_outputs").at("tool_calls").at(0).as_object();
  EXPECT_EQ(call_shown.at("function").at("name"), "set_volume");
  EXPECT_EQ(call_shown.at("function").at("arguments"), R"({"v":7})");
  worker.clear();
  say_type("conversation.chat.submit_tool_outputs",
           json::serialize(json::object{
               {"chat_id", shown.at("id")},
               {"tool_outputs",
                json::array{json::object{{"tool_call_id", call_shown.at("id")}, {"output", "done"}}}}}));
  ASSERT_EQ(worker.size(), 1U);
  EXPECT_THAT(worker.front().mcp_up().payload(), HasSubstr("done"));
  speak(1, "It is louder.");
  end_turn(1);
  EXPECT_EQ(count("conversation.chat.created"), 1U);
  EXPECT_EQ(types().back(), "conversation.chat.completed");
}

TEST_F(CozeCallTest, OutputsThatNobodyWaitsForAreAnError) {
  connect();
  say_type("conversation.chat.submit_tool_outputs", R"({"chat_id":"1","tool_outputs":[]})");
  EXPECT_EQ(error_code(), CozeError::kNoSuchChat);
}

TEST_F(CozeCallTest, AClearedConversationIsANewSection) {
  connect_esp();
  hear_words("hello");
  const json::value before = last("conversation.message.completed").at("section_id");
  say_type("conversation.clear");
  EXPECT_TRUE(worker.back().call_dialogue().replaces());
  EXPECT_EQ(worker.back().call_dialogue().lines_size(), 0);
  write_message("hello");
  EXPECT_NE(last("conversation.message.completed").at("section_id"), before);
}

struct BadEvent {
  std::string_view name;
  std::string_view text;
  int code = CozeError::kBadRequest;
};

class CozeCallBadEventTest : public CozeCallTest, public testing::WithParamInterface<BadEvent> {};

TEST_P(CozeCallBadEventTest, IsAnErrorAndTheChatGoesOn) {
  connect();
  say(GetParam().text);
  EXPECT_EQ(error_code(), GetParam().code) << GetParam().text;
  told.clear();
  write_message("hello");
  EXPECT_THAT(types(), Contains("conversation.chat.created"));
}

INSTANTIATE_TEST_SUITE_P(
    All, CozeCallBadEventTest,
    testing::Values(
        BadEvent{"no_json", "hello"}, BadEvent{"a_list", "[]"},
        BadEvent{"another_dialect", R"({"type":"session.update","session":{}})"},
        BadEvent{"an_unknown_type", R"({"event_type":"chat.nonsense"})"},
        BadEvent{"data_that_is_a_list", R"({"event_type":"chat.update","data":[]})"},
        BadEvent{"a_type_that_is_a_number", R"({"event_type":5})"},
        BadEvent{"no_delta", R"({"event_type":"input_audio_buffer.append"})"},
        BadEvent{"no_base64", R"({"event_type":"input_audio_buffer.append","data":{"delta":"@@@@"}})"},
        BadEvent{"a_picture",
                 R"({"event_type":"conversation.message.create","data":{"role":"user",
                   "content_type":"object_string","content":"[{\"type\":\"image\",\"file_id\":\"1\"}]"}})",
                 CozeError::kBadMessage},
        BadEvent{"a_role_that_is_none",
                 R"({"event_type":"conversation.message.create","data":{"role":"system","content":"x"}})"},
        BadEvent{"an_empty_recital", R"({"event_type":"input_text.generate_audio","data":{"text":""}})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(CozeCallTest, AnAppendThatIsNoPacketOfOpusIsRefused) {
  connect();
  say_type("chat.update", R"({"input_audio":{"codec":"opus"}})");
  say_type("input_audio_buffer.append", R"({"delta":")" + to_base64(Bytes(2000, 0xFF)) + R"("})");
  EXPECT_EQ(error_code(), CozeError::kBadRequest);
  EXPECT_FALSE(open.has_value());  // and no worker was asked for
}

TEST_F(CozeCallTest, MoreSoundThanASessionMayHoldIsRefused) {
  connect();
  for (int i = 0; i < 20; ++i) append(500'000);
  EXPECT_EQ(error_code(), CozeError::kTooMany);
}

TEST_F(CozeCallTest, ThousandsOfMessagesStayBounded) {
  connect();
  write_message("first");
  place();
  for (int i = 0; i < 5000; ++i)
    say_type("conversation.message.create",
             R"({"role":"assistant","content":")" + std::string(1000, 'x') + R"("})");
  call->lost(now);
  write_message("again");
  worker.clear();
  call->placed(now);
  EXPECT_LE(worker.front().ByteSizeLong(), 200'000U);
  EXPECT_LE(worker.front().call_dialogue().lines_size(), static_cast<int>(CozeDialogue::kMaxLines));
}

}  // namespace
}  // namespace earshot::gateway
