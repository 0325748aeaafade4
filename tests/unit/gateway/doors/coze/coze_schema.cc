#include "tests/unit/gateway/doors/coze/coze_schema.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace earshot::gateway {

namespace {

using Parts = std::vector<std::string_view>;  // "name:kind"; kinds: s string, n number, o object, d digits

const Parts kMessage{
    "id:d",   "conversation_id:s", "bot_id:s",       "chat_id:d",   "section_id:d", "role:s",
    "type:s", "content:s",         "content_type:s", "meta_data:o", "created_at:n", "updated_at:n"};
const Parts kChat{"id:d", "conversation_id:s", "bot_id:s", "section_id:d", "created_at:n", "status:s"};

Parts also(Parts parts, const Parts& more) {
  parts.insert(parts.end(), more.begin(), more.end());
  return parts;
}

// Without an entry: no such event. An empty one: it has no data, which strict clients cannot parse.
const std::map<std::string_view, Parts>& coze_events() {
  static const std::map<std::string_view, Parts> events{
      {"chat.created", {}},
      {"chat.updated", {"chat_config:o", "input_audio:o", "output_audio:o", "turn_detection:o"}},
      {"input_audio_buffer.speech_started", {}},
      {"input_audio_buffer.speech_stopped", {}},
      {"input_audio_buffer.completed", {}},
      {"input_audio_buffer.cleared", {}},
      {"conversation.cleared", {}},
      {"conversation.audio_transcript.update", {"content:s"}},
      {"conversation.audio_transcript.completed", {"content:s"}},
      {"conversation.chat.created", kChat},
      {"conversation.chat.in_progress", kChat},
      {"conversation.chat.completed", also(kChat, {"completed_at:n", "usage:o"})},
      {"conversation.chat.failed", also(kChat, {"failed_at:n", "last_error:o"})},
      {"conversation.chat.requires_action", also(kChat, {"required_action:o"})},
      {"conversation.chat.canceled", {"code:n", "msg:s"}},
      {"conversation.message.delta", kMessage},
      {"conversation.message.completed", kMessage},
      {"conversation.audio.sentence_start", {"text:s"}},
      {"conversation.audio.delta", kMessage},
      {"conversation.audio.completed", kMessage},
      {"speech.created", {}},
      {"speech.updated", {"output_audio:o"}},
      {"speech.audio.update", {"delta:s"}},
      {"speech.audio.completed", {}},
      {"input_text_buffer.completed", {}},
      {"transcriptions.created", {}},
      {"transcriptions.updated", {"input_audio:o"}},
      {"transcriptions.message.update", {"content:s"}},
      {"transcriptions.message.completed", {}},
      {"error", {"code:n", "msg:s"}}};
  return events;
}

bool fits(const json::value& value, char kind) {
  switch (kind) {
    case 's':
      return value.is_string();
    case 'n':
      return value.is_number();
    case 'o':
      return value.is_object();
    default:
      return value.is_string() &&
             std::ranges::all_of(value.get_string(), [](char c) { return c >= '0' && c <= '9'; }) &&
             !value.get_string().empty();
  }
}

std::string lacking(const json::object& object, const Parts& parts, std::string_view where) {
  for (const std::string_view part : parts) {
    const json::value* const value = object.if_contains(part.substr(0, part.find(':')));
    if (value == nullptr || !fits(*value, part.back()))
      return std::string(where) + " lacks " + std::string(part);
  }
  return {};
}

}  // namespace

std::string coze_fault_of(const json::object& event) {
  if (auto fault = lacking(event, {"event_type:s", "id:s", "detail:o"}, "event"); !fault.empty())
    return fault;
  if (auto fault = lacking(event.at("detail").as_object(), {"logid:s", "respond_at:d"}, "detail");
      !fault.empty())
    return fault;
  const std::string_view type = event.at("event_type").as_string();
  const auto known = coze_events().find(type);
  if (known == coze_events().end()) return "no such event: " + std::string(type);
  const json::value* const data = event.if_contains("data");
  if (known->second.empty()) return data == nullptr ? "" : std::string(type) + " has data";
  if (data == nullptr || !data->is_object()) return std::string(type) + " has no data";
  if (auto fault = lacking(data->get_object(), known->second, type); !fault.empty()) return fault;
  if (type != "chat.updated") return {};
  return lacking(data->at("input_audio").as_object(),
                 {"format:s", "codec:s", "sample_rate:n", "channel:n", "bit_depth:n"}, "input_audio") +
         lacking(data->at("output_audio").as_object(), {"codec:s"}, "output_audio");
}

}  // namespace earshot::gateway
