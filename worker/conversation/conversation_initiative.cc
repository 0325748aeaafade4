// What a Conversation says without being asked: greetings, farewells, and results that came late.
#include <utility>

#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"

namespace earshot::worker {

namespace {

// To the brain, where the user has said nothing.
Message instruction(const std::string& text) {
  return {
      .role = Message::Role::kSystem, .text = text, .tool_calls = {}, .tool_call_id = {}, .is_error = false};
}

}  // namespace

void Conversation::greet(const std::string& wake_word) {
  if (persona_.greeting().empty())
    return answer(wake_word, persona_.greeting_words(), true, TurnSource::kWakeWord);
  cancel_turn(true, TurnEnd::kReplaced);
  send(downlink::stt(wake_word));
  user_words_ = persona_.greeting_words();
  say({.text = persona_.greeting(), .emotion = "happy"}, TurnSource::kWakeWord, wake_word);
}

void Conversation::say(FixedReply reply, TurnSource source, std::string user_text) {
  begin_turn(make_turn(source), source, std::move(user_text));
  const auto turn = turn_;
  turn->say(std::move(reply), persona_.language(), now());
}

void Conversation::say_goodbye(const std::string& shown, TurnSource source) {
  cancel_turn(true, TurnEnd::kReplaced);
  if (!shown.empty()) send(downlink::stt(shown));
  user_words_.reset();
  say({.text = persona_.farewell(), .emotion = "relaxed", .end_session = true}, source, shown);
}

// Nobody has said anything for long: the device must not listen for ever (trap 33).
void Conversation::part_when_idle() {
  count(ConversationEvent::kIdleFarewell);
  const std::string end_prompt = persona_.end_prompt(tools_.local_time());
  if (end_prompt.empty()) return say_goodbye("", TurnSource::kServer);
  cancel_turn(true, TurnEnd::kReplaced);
  LlmRequest request = request_for(std::nullopt, true);
  request.dialogue.push_back(instruction(end_prompt));
  begin_turn(make_turn(TurnSource::kServer), TurnSource::kServer, {});
  const auto turn = turn_;
  turn->end_session_after();
  turn->answer(std::move(request), now());
}

// The brain is shown a call and its answer, as in any turn; the call before has been answered already.
void Conversation::tell_late_result() {
  count(ConversationEvent::kLateResult);
  LateResult late = tools_.take_late_result();
  cancel_turn(true, TurnEnd::kReplaced);
  telling_late_ = late;
  late.call.id += "-late";
  LlmRequest request = request_for(std::nullopt, true);
  user_words_.emplace();  // remembered as our own words
  request.dialogue.push_back({.role = Message::Role::kAssistant,
                              .text = {},
                              .tool_calls = {late.call},
                              .tool_call_id = {},
                              .is_error = false});
  request.dialogue.push_back({.role = Message::Role::kTool,
                              .text = late.text.ok() ? *late.text : late.text.error().message,
                              .tool_calls = {},
                              .tool_call_id = late.call.id,
                              .is_error = !late.text.ok()});
  begin_turn(make_turn(TurnSource::kServer), TurnSource::kServer, {});
  const auto turn = turn_;
  turn->answer(std::move(request), now());
}

}  // namespace earshot::worker
