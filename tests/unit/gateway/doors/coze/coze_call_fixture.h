// A Coze chat between a client that says events and a worker that is a test. Every event that the client is told is held
// against what clients need. For the tests beside it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/doors/coze/coze_call.h"
#include "tests/unit/gateway/doors/coze/coze_schema.h"

namespace earshot::gateway {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

// As the ESP client writes it: Opus down with a limit, speech found by the server.
inline constexpr std::string_view kEspUpdate =
    R"({"id":"0a7c8af3","event_type":"chat.update","data":{
      "chat_config":{"auto_save_history":true,"conversation_id":"7497079300000000000","user_id":"userid_123",
        "meta_data":{},"custom_variables":{},"extra_params":{},"parameters":{"custom_var_1":"x"}},
      "input_audio":{"format":"pcm","codec":"pcm","sample_rate":16000,"channel":1,"bit_depth":16},
      "turn_detection":{"type":"server_vad","prefix_padding_ms":600,"silence_duration_ms":500},
      "output_audio":{"codec":"opus","opus_config":{"bitrate":16000,"frame_size_ms":60,
        "limit_config":{"period":1,"max_frame_num":18}},"speech_rate":20,"voice_id":"7426720361733144585"}}})";

class CozeCallTest : public testing::Test, private CallPort, private CallHost {
 protected:
  void connect(CozeService service = CozeService::kChat) {
    CallPort& port = *this;
    CallHost& host = *this;
    call.emplace(
        port, host,
        CozeTerms{.service = service, .caller = "token:t", .agent = "default", .opened = {}, .seed = 7}, now);
    call->begin();
  }
  // With server_vad, and a worker.
  void connect_esp() {
    connect();
    say(kEspUpdate);
    append(3840);
    place();
    told.clear();
    worker.clear();
  }
  void say(std::string_view event) { call->client_says(event, now); }
  void say_type(const std::string& type, const std::string& data = "{}") {
    say(R"({"event_type":")" + type + R"(","data":)" + data + "}");
  }
  void append(std::size_t bytes) {
    say_type("input_audio_buffer.append", R"({"delta":")" + to_base64(Bytes(bytes, 1)) + R"("})");
  }
  void write_message(const std::string& text) {
    say_type("conversation.message.create",
             R"({"role":"user","content_type":"text","content":")" + text + R"("})");
  }
  void place() {
    ASSERT_TRUE(open.has_value());
    call->placed(now);
  }
  void hear(ipc::UserSpeech::Event event, const std::string& text = "", std::uint32_t utterance = 1) {
    ipc::Envelope envelope;
    envelope.mutable_user_speech()->set_event(event);
    envelope.mutable_user_speech()->set_utterance(utterance);
    envelope.mutable_user_speech()->set_text(text);
    call->envelope(envelope, now);
  }
  void hear_words(const std::string& text, std::uint32_t utterance = 1) {
    hear(ipc::UserSpeech::kStarted, "", utterance);
    hear(ipc::UserSpeech::kStopped, "", utterance);
    hear(ipc::UserSpeech::kWords, text, utterance);
  }
  void begin_turn(std::uint32_t turn, std::uint32_t tag = 0) {
    ipc::Envelope envelope;
    envelope.mutable_turn_began()->set_turn(turn);
    envelope.mutable_turn_began()->set_tag(tag);
    call->envelope(envelope, now);
  }
  void speak(std::uint32_t turn, const std::string& text, int frames = 2, std::size_t frame_bytes = 120) {
    ipc::Envelope start;
    start.mutable_speech_start()->set_turn(turn);
    if (std::exchange(started, turn) != turn) call->envelope(start, now);
    ipc::Envelope sentence;
    sentence.mutable_sentence_start()->set_turn(turn);
    sentence.mutable_sentence_start()->set_sentence(++sentences);
    sentence.mutable_sentence_start()->set_text(text);
    call->envelope(sentence, now);
    const Bytes frame(frame_bytes, 2);
    for (int i = 0; i < frames; ++i)
      call->audio({.session = 1, .turn = turn, .sentence = 1, .opus = frame}, now);
  }
  void end_turn(std::uint32_t turn, ipc::TurnOver::How how = ipc::TurnOver::kDone) {
    ipc::Envelope end;
    end.mutable_speech_end()->set_turn(turn);
    call->envelope(end, now);
    ipc::Envelope over;
    over.mutable_turn_over()->set_turn(turn);
    over.mutable_turn_over()->set_how(how);
    over.mutable_turn_over()->set_prompt_tokens(12);
    over.mutable_turn_over()->set_completion_tokens(5);
    call->envelope(over, now);
  }
  void ask_tool(std::string_view question) {
    ipc::Envelope envelope;
    envelope.mutable_mcp_down()->set_payload(std::string(question));
    call->envelope(envelope, now);
  }
  // Until `then`, each time that the call wants to be woken.
  void pass_time(Milliseconds time) {
    const SteadyTime then = now + time;
    while (const auto due = call->next_deadline()) {
      if (*due > then) break;
      now = std::max(now, *due);
      call->tick(now);
    }
    now = then;
  }
  // What the client was told since the last call.
  std::vector<std::string> types() {
    std::vector<std::string> all;
    for (const json::object& event : std::exchange(told, {}))
      all.emplace_back(std::string(event.at("event_type").as_string()));
    return all;
  }
  std::size_t count(std::string_view type) const {
    std::size_t times = 0;
    for (const json::object& event : told) times += event.at("event_type").as_string() == type ? 1U : 0U;
    return times;
  }
  json::object last(std::string_view type) const {
    for (auto event = told.rbegin(); event != told.rend(); ++event) {
      if (event->at("event_type").as_string() != type) continue;
      const json::value* const data = event->if_contains("data");
      return data == nullptr ? json::object() : data->as_object();
    }
    ADD_FAILURE() << "no " << type;
    return {};
  }
  std::int64_t error_code() const { return last("error").at("code").to_number<std::int64_t>(); }
  std::uint32_t asked_tag() const {
    for (auto said = worker.rbegin(); said != worker.rend(); ++said)
      if (said->has_respond()) return said->respond().tag();
    return 0;
  }
  bool was_aborted() const {
    return std::ranges::any_of(worker, [](const ipc::Envelope& said) { return said.has_abort(); });
  }

  SteadyTime now{1h};
  std::optional<CozeCall> call;
  std::vector<json::object> told;
  std::optional<ipc::SessionOpen> open;
  std::vector<ipc::Envelope> worker;  // what it was told
  std::vector<std::size_t> frames_up;
  std::uint32_t started = 0;
  std::uint32_t sentences = 0;
  bool full = false;  // no more calls

 private:
  void send_text(std::string_view text) override {
    const auto event = json::parse_object(text, 1 << 20);
    ASSERT_TRUE(event.ok()) << text;
    EXPECT_EQ(coze_fault_of(*event), "") << text;
    told.push_back(*event);
  }
  std::optional<Ssrc> begin_call(Call&, const ipc::SessionOpen& wanted, SteadyTime) override {
    if (full) return std::nullopt;
    open = wanted;
    return Ssrc{0x8001};
  }
  void call_says(Ssrc, ipc::Envelope& envelope) override { worker.push_back(envelope); }
  void call_sends_audio(Ssrc, ipc::Envelope& audio) override {
    frames_up.push_back(audio.audio_up().opus().size());
  }
  void call_touched(Ssrc) override {}
  void end_call(Ssrc, std::string_view) override { open.reset(); }
  bool caller_came(std::shared_ptr<Caller>) override { return true; }
  void caller_left(const Caller&) override {}
};

}  // namespace earshot::gateway
