// What a client's events do.
#include <algorithm>
#include <utility>

#include "common/audio/opus_packet.h"
#include "common/base/bytes.h"
#include "common/base/wire_limits.h"
#include "gateway/doors/calls/call_tools.h"
#include "gateway/doors/coze/coze_call.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxToolOutputs = 64;

CozeError bad_event(std::string_view message, int code = CozeError::kBadRequest) {
  return {.code = code, .message = std::string(message)};
}

std::string_view text_in(const json::object& data, std::string_view key) {
  return json::find_string(data, key).value_or("");
}

// Of an object_string: the text parts, a line each. nullopt: it is none, or has other parts.
std::optional<std::string> text_of_parts(std::string_view content) {
  const auto parsed = json::parse_value(content, CozeCall::kMaxTextBytes);
  const auto* const parts = parsed.ok() ? parsed->if_array() : nullptr;
  if (parts == nullptr) return std::nullopt;
  std::string text;
  for (const json::value& one : *parts) {
    const auto* const part = one.if_object();
    if (part == nullptr || json::find_string(*part, "type") != "text") return std::nullopt;
    if (!text.empty()) text += '\n';
    text += text_in(*part, "text");
  }
  return text;
}

}  // namespace

void CozeCall::client_says(std::string_view text, SteadyTime now) {
  events_.at(now_ = now);
  const auto event = json::parse_object(text, kMaxEventBytes);
  if (!event) {
    events_.send_error(bad_event("The event is not a JSON object, or is too large."));
    return;
  }
  const auto type = json::find_string(*event, "event_type");
  const json::value* const given = event->if_contains("data");
  const json::object none;
  const bool empty = given == nullptr || given->is_null();
  const json::object* const data = empty ? &none : given->if_object();
  Wrong wrong;
  if (!type) {
    wrong = bad_event("An event needs its event_type.");
  } else if (data == nullptr) {
    wrong = bad_event("data: expected an object");
  } else {
    wrong = handle(*type, *data, now);
  }
  if (wrong) events_.send_error(*wrong);
  pump(now);
  worker_.touched();
}

CozeCall::Wrong CozeCall::handle(std::string_view type, const json::object& data, SteadyTime now) {
  if (type == update_event(service_)) return on_update(data, now);
  switch (service_) {
    case CozeService::kChat:
      return handle_chat(type, data, now);
    case CozeService::kSpeech:
      return handle_speech(type, data, now);
    case CozeService::kTranscriptions:
      return handle_sound(type, data, now);
  }
  return std::nullopt;
}

CozeCall::Wrong CozeCall::handle_sound(std::string_view type, const json::object& data, SteadyTime now) {
  if (type == "input_audio_buffer.append") return on_append(data, now);
  if (type == "input_audio_buffer.complete") return on_complete();
  if (type == "input_audio_buffer.clear") {
    on_clear();
  } else {
    return bad_event("Unknown event_type '" + json::clean_text(type, 64) + "'.");
  }
  return std::nullopt;
}

CozeCall::Wrong CozeCall::handle_chat(std::string_view type, const json::object& data, SteadyTime now) {
  if (type == "conversation.message.create") return on_message(data, now);
  if (type == "conversation.chat.submit_tool_outputs") return on_tool_outputs(data);
  if (type == "input_text.generate_audio") return on_generate_audio(data, now);
  if (type == "conversation.clear") {
    on_conversation_clear();
  } else if (type == "conversation.chat.cancel") {
    on_cancel();
  } else {
    return handle_sound(type, data, now);
  }
  return std::nullopt;
}

CozeCall::Wrong CozeCall::handle_speech(std::string_view type, const json::object& data, SteadyTime now) {
  if (type == "input_text_buffer.append") {
    const std::string_view more = text_in(data, "delta");
    if (text_to_speak_.size() + more.size() > kMaxSpeechBytes)
      return bad_event("A text is of 4096 bytes at most.", CozeError::kBadMessage);
    text_to_speak_ += more;
    return std::nullopt;
  }
  if (type != "input_text_buffer.complete")
    return bad_event("Unknown event_type '" + json::clean_text(type, 64) + "'.");
  std::string text = json::clean_text(std::exchange(text_to_speak_, {}), kMaxSpeechBytes);
  events_.send("input_text_buffer.completed");
  if (text.empty()) {
    events_.send("speech.audio.completed");
  } else {
    return recite(std::move(text), now);
  }
  return std::nullopt;
}

CozeCall::Wrong CozeCall::on_update(const json::object& data, SteadyTime now) {
  CozeSettings changed = settings_;
  if (Wrong wrong = apply_update(data, changed)) return wrong;
  if (service_ != CozeService::kChat) {  // those have no turns
    changed.server_vad = false;
    changed.plays_prologue = false;
  }
  const bool other_input = changed.input() != settings_.input();
  const bool other_output =
      changed.output() != settings_.output() || changed.down_frame_ms() != settings_.down_frame_ms();
  if ((other_input && had_sound_) || (other_output && !is_idle()))
    return bad_event("The audio format cannot change once there was audio.");
  if (changed.server_vad != settings_.server_vad) {
    key_down_ = false;
    awaited_ = 0;
    speech_.reset();
    withheld_.reset();
    sound_.begin();
    worker_.uplink().clear();
    worker_.uplink().forget_listens();
  }
  if (changed.limit() != settings_.limit()) pacing_ = DeltaPacing(changed.limit());
  settings_ = std::move(changed);
  events_.subscribe(settings_.subscriptions);
  json::object shown = settings_json(settings_, conversation_id());
  if (service_ == CozeService::kSpeech) shown = {{"output_audio", shown.at("output_audio")}};
  if (service_ == CozeService::kTranscriptions) shown = {{"input_audio", shown.at("input_audio")}};
  events_.send(updated_event(service_), shown);
  update_worker_if_idle();
  if (settings_.plays_prologue && !settings_.prologue.empty() && !std::exchange(prologue_played_, true))
    return recite(settings_.prologue, now);
  return std::nullopt;
}

CozeCall::Wrong CozeCall::on_append(const json::object& data, SteadyTime now) {
  const auto text = json::find_string(data, "delta");
  if (!text) return bad_event("delta: expected base64");
  const auto bytes = from_base64(*text);
  if (!bytes) return bad_event("delta: this is not base64");
  if (bytes->empty()) return std::nullopt;
  const bool opus = settings_.input_codec == SoundCodec::kOpus;
  if (opus && (bytes->size() > kMaxOpusBytes || !inspect_opus_packet(*bytes)))
    return bad_event("delta: this is not one packet of Opus");
  need_worker(now);
  if (!worker_.is_asked()) return std::nullopt;
  had_sound_ = sound_to_complete_ = true;
  if (!settings_.server_vad && !key_down_) {
    key_down_ = true;
    sound_.begin();
    ipc::Envelope start;
    start.mutable_listen()->set_state(ipc::Listen::kStart);
    start.mutable_listen()->set_mode(ipc::Listen::kManual);
    worker_.uplink().say(std::move(start), settings_.input());
  }
  const bool taken = opus ? worker_.uplink().append_packet(*bytes, inspect_opus_packet(*bytes)->duration)
                          : worker_.uplink().append(sound_.read(*bytes, settings_), settings_.input());
  if (!taken) return bad_event("More audio waits than a session may hold.", CozeError::kTooMany);
  return std::nullopt;
}

CozeCall::Wrong CozeCall::on_complete() {
  const bool had_sound = std::exchange(sound_to_complete_, false);
  sound_.begin();
  if (settings_.server_vad) {
    if (Wrong wrong = had_sound ? end_detected() : std::nullopt) return wrong;
  } else if (std::exchange(key_down_, false)) {
    ipc::Envelope stop;
    stop.mutable_listen()->set_state(ipc::Listen::kStop);
    worker_.uplink().say(std::move(stop), settings_.input());
    ++awaited_;
    interrupt(CozeReply::Cancelled::kBySpeech);  // who was listened to is answered next
  }
  events_.send("input_audio_buffer.completed");
  return std::nullopt;
}

// The detector ends it: a `listen stop`, and the start that must follow it, would drop the words. A packet of silence we
// cannot make; who sends no more Opus is silent too.
CozeCall::Wrong CozeCall::end_detected() {
  const bool opus = settings_.input_codec == SoundCodec::kOpus;
  if (opus || !worker_.is_asked()) return std::nullopt;
  if (worker_.uplink().append_silence(silence_that_ends(settings_.silence_ms), settings_.input()))
    return std::nullopt;
  return bad_event("More audio waits than a session may hold.", CozeError::kTooMany);
}

void CozeCall::on_clear() {
  worker_.uplink().forget_unfinished();  // what was completed is answered
  sound_.begin();
  sound_to_complete_ = false;
  key_down_ = false;  // the next `listen start` forgets what was heard
  if (settings_.server_vad && is_idle()) say_listening();
  events_.send("input_audio_buffer.cleared");
}

CozeCall::Wrong CozeCall::on_message(const json::object& data, SteadyTime now) {
  const std::string_view role = text_in(data, "role");
  const std::string_view type = json::find_string(data, "content_type").value_or("text");
  const std::string_view content = text_in(data, "content");
  if (role != "user" && role != "assistant") return bad_event("role: expected user or assistant");
  if (content.size() > kMaxTextBytes) return bad_event("content: too long", CozeError::kBadMessage);
  std::optional<std::string> text;
  if (type == "text") text = std::string(content);
  if (type == "object_string") text = text_of_parts(content);
  if (!text || text->empty())
    return bad_event("content: expected text, or an object_string of texts", CozeError::kBadMessage);
  std::string words = json::clean_text(*text, kMaxTextBytes);
  const auto who = role == "user" ? ipc::CallLine::kUser : ipc::CallLine::kAssistant;
  if (role == "user") {
    interrupt(CozeReply::Cancelled::kByMessage);
    release_key();
  }
  ipc::Envelope line;
  ipc::CallLine& said = *line.mutable_call_dialogue()->add_lines();
  said.set_who(who);
  said.set_text(words);
  worker_.say(std::move(line));
  dialogue_.add(who, words);
  if (role == "assistant") return std::nullopt;
  update_worker_if_idle();
  next_chat_id_ = events_.make_id();
  events_.send("conversation.message.completed",
               question_json(place(), events_.make_id(), next_chat_id_, words, events_.unix_seconds()));
  begin_reply(CozeReply::Kind::kChat);
  ask(now);
  return std::nullopt;
}

void CozeCall::on_conversation_clear() {
  interrupt(CozeReply::Cancelled::kByClient);
  dialogue_.clear();
  section_id_ = events_.make_id();
  tell_dialogue();
  events_.send("conversation.cleared");
}

void CozeCall::on_cancel() {
  worker_.uplink().forget_finished();
  if (awaited_ > 0) abort_worker();
  awaited_ = 0;
  interrupt(CozeReply::Cancelled::kByClient);
  update_worker_if_idle();
}

CozeCall::Wrong CozeCall::on_tool_outputs(const json::object& data) {
  if (!reply_ || tools_.empty() || text_in(data, "chat_id") != reply_->chat_id())
    return bad_event("No such chat waits for its tools.", CozeError::kNoSuchChat);
  const json::array* const outputs = json::find_array(data, "tool_outputs");
  if (outputs == nullptr || outputs->size() > kMaxToolOutputs)
    return bad_event("tool_outputs: expected a list");
  for (const json::value& one : *outputs) {
    const auto* const output = one.if_object();
    const std::string_view id = output == nullptr ? std::string_view() : text_in(*output, "tool_call_id");
    const auto found = std::ranges::find_if(tools_, [&](const OpenTool& open) { return open.call.id == id; });
    if (found == tools_.end()) return bad_event("tool_outputs: no such tool_call_id");
    ipc::Envelope answer;
    answer.mutable_mcp_up()->set_payload(
        tool_answer(found->id, json::clean_text(text_in(*output, "output"), kMaxEventBytes)));
    tools_.erase(found);
    worker_.say(std::move(answer));
  }
  return std::nullopt;
}

CozeCall::Wrong CozeCall::on_generate_audio(const json::object& data, SteadyTime now) {
  if (json::find_string(data, "mode").value_or("text") != "text") return bad_event("mode: expected text");
  const std::string_view text = text_in(data, "text");
  if (text.empty() || text.size() > kMaxRecitalBytes) return bad_event("text: expected 1 to 1023 bytes");
  return recite(json::clean_text(text, 2 * kMaxRecitalBytes), now);
}

CozeCall::Wrong CozeCall::recite(std::string text, SteadyTime now) {
  if (recitals_due_.size() >= kMaxRecitals)
    return bad_event("Too many texts wait to be read.", CozeError::kTooMany);
  interrupt(CozeReply::Cancelled::kByMessage);
  release_key();
  update_worker_if_idle();
  need_worker(now);
  if (!worker_.is_asked()) return std::nullopt;
  begin_reply(service_ == CozeService::kSpeech ? CozeReply::Kind::kSpeech : CozeReply::Kind::kRecital);
  ipc::Envelope say;
  say.mutable_say()->set_id(events_.make_id());
  say.mutable_say()->set_text(std::move(text));
  worker_.uplink().ask(std::move(say));
  return std::nullopt;
}

}  // namespace earshot::gateway
