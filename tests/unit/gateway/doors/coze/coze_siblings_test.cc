// The speech and the transcription service beside the chat.
#include "tests/unit/gateway/doors/coze/coze_call_fixture.h"

namespace earshot::gateway {
namespace {

using CozeSiblingsTest = CozeCallTest;

TEST_F(CozeSiblingsTest, ATextIsReadAloudWhenItIsComplete) {
  connect(CozeService::kSpeech);
  say_type("speech.update", R"({"output_audio":{"codec":"opus","opus_config":{"frame_size_ms":20}}})");
  say_type("input_text_buffer.append", R"({"delta":"Dinner "})");
  say_type("input_text_buffer.append", R"({"delta":"is ready."})");
  EXPECT_FALSE(open.has_value());
  say_type("input_text_buffer.complete");
  place();
  EXPECT_EQ(worker.back().say().text(), "Dinner is ready.");
  begin_turn(1);
  speak(1, "Dinner is ready.", 2, 50);
  end_turn(1);
  EXPECT_EQ(from_base64(last("speech.audio.update").at("delta").as_string())->size(), 50U);
  EXPECT_THAT(types(), ElementsAre("speech.created", "speech.updated", "input_text_buffer.completed",
                                   "conversation.audio.sentence_start", "speech.audio.update",
                                   "speech.audio.update", "speech.audio.completed"));
}

TEST_F(CozeSiblingsTest, ATextThatIsTooLongIsRefusedBeforeItIsKept) {
  connect(CozeService::kSpeech);
  const std::string half(3000, 'x');
  say_type("input_text_buffer.append", R"({"delta":")" + half + R"("})");
  say_type("input_text_buffer.append", R"({"delta":")" + half + R"("})");
  EXPECT_EQ(error_code(), CozeError::kBadMessage);
}

TEST_F(CozeSiblingsTest, SpeechIsWrittenDownAndNotAnswered) {
  connect(CozeService::kTranscriptions);
  say_type("transcriptions.update", R"({"input_audio":{"codec":"pcm","sample_rate":16000}})");
  append(3840);
  place();
  say_type("input_audio_buffer.complete");
  hear(ipc::UserSpeech::kWords, "good morning");
  EXPECT_EQ(last("transcriptions.message.update").at("content"), "good morning");
  EXPECT_THAT(types(),
              ElementsAre("transcriptions.created", "transcriptions.updated", "input_audio_buffer.completed",
                          "transcriptions.message.update", "transcriptions.message.completed"));
  EXPECT_EQ(asked_tag(), 0U);
}

TEST_F(CozeSiblingsTest, WithoutWordsATranscriptionIsCompleteToo) {
  connect(CozeService::kTranscriptions);
  append(3840);
  place();
  say_type("input_audio_buffer.complete");
  hear(ipc::UserSpeech::kNothing);
  EXPECT_EQ(types().back(), "transcriptions.message.completed");
}

TEST_F(CozeSiblingsTest, ALostWorkerIsAnErrorOfWhoWaitsForWords) {
  connect(CozeService::kTranscriptions);
  append(3840);
  place();
  say_type("input_audio_buffer.complete");
  call->lost(now);
  EXPECT_EQ(error_code(), CozeError::kInternal);
}

TEST_F(CozeSiblingsTest, EventsOfTheChatAreNotTheirs) {
  connect(CozeService::kTranscriptions);
  write_message("hello");
  EXPECT_EQ(error_code(), CozeError::kBadRequest);
  connect(CozeService::kSpeech);
  told.clear();
  append(3840);
  EXPECT_EQ(error_code(), CozeError::kBadRequest);
}

}  // namespace
}  // namespace earshot::gateway
