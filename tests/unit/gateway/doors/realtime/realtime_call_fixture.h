// A Realtime session between a client that says events and a worker that is a test. Every event that the client is told
// is held against the schema. For the tests beside it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "gateway/doors/realtime/realtime_call.h"
#include "tests/unit/gateway/doors/realtime/event_schema.h"

namespace earshot::gateway {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

class RealtimeCallTest : public testing::Test, private CallPort, private CallHost {
 protected:
  void connect(RealtimeDialect dialect = RealtimeDialect::kUndecided) {
    beta = dialect == RealtimeDialect::kBeta;
    CallPort& port = *this;
    CallHost& host = *this;
    call.emplace(port, host,
                 RealtimeTerms{.caller = "token:t", .model = "default", .dialect = dialect, .seed = 7}, now);
    call->begin();
  }
  void say(std::string_view event) { call->client_says(event, now); }
  void append(std::size_t bytes) {
    say(R"({"type":"input_audio_buffer.append","audio":")" + to_base64(Bytes(bytes, 1)) + R"("})");
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
  void begin_turn(std::uint32_t turn, std::uint32_t tag = 0) {
    ipc::Envelope envelope;
    envelope.mutable_turn_began()->set_turn(turn);
    envelope.mutable_turn_began()->set_tag(tag);
    call->envelope(envelope, now);
  }
  void speak(std::uint32_t turn, const std::string& text, int frames = 5) {
    ipc::Envelope start;
    start.mutable_speech_start()->set_turn(turn);
    if (started != turn) call->envelope(start, now);
    started = turn;
    ipc::Envelope sentence;
    sentence.mutable_sentence_start()->set_turn(turn);
    sentence.mutable_sentence_start()->set_sentence(++sentences);
    sentence.mutable_sentence_start()->set_text(text);
    call->envelope(sentence, now);
    const Bytes frame(960, 2);
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
  // What the client was told since the last call.
  std::vector<std::string> types() {
    std::vector<std::string> all;
    for (const json::object& event : std::exchange(told, {}))
      all.emplace_back(std::string(event.at("type").as_string()));
    return all;
  }
  json::object last(std::string_view type) const {
    for (auto event = told.rbegin(); event != told.rend(); ++event) {
      if (event->at("type").as_string() == type) return *event;
    }
    ADD_FAILURE() << "no " << type;
    return {};
  }
  std::string error_code() const { return std::string(last("error").at("error").at("code").as_string()); }

  SteadyTime now{1h};
  bool beta = false;
  std::optional<RealtimeCall> call;
  std::vector<json::object> told;
  std::optional<ipc::SessionOpen> open;
  std::vector<ipc::Envelope> worker;  // what it was told
  std::size_t audio_frames = 0;
  std::uint32_t started = 0;
  std::uint32_t sentences = 0;

 private:
  void send_text(std::string_view text) override {
    const auto event = json::parse_object(text, 1 << 20);
    ASSERT_TRUE(event.ok()) << text;
    if (event->at("type").as_string() == "session.updated")
      beta = event->at("session").as_object().contains("modalities");
    EXPECT_EQ(fault_of(*event, beta), "") << text;
    told.push_back(*event);
  }
  std::optional<Ssrc> begin_call(Call&, const ipc::SessionOpen& wanted, SteadyTime) override {
    open = wanted;
    return Ssrc{0x8001};
  }
  void call_says(Ssrc, ipc::Envelope& envelope) override { worker.push_back(envelope); }
  void call_sends_audio(Ssrc, ipc::Envelope&) override { ++audio_frames; }
  void call_touched(Ssrc) override {}
  void end_call(Ssrc, std::string_view) override { open.reset(); }
  bool caller_came(std::shared_ptr<Caller>) override { return true; }
  void caller_left(const Caller&) override {}
};

}  // namespace earshot::gateway
