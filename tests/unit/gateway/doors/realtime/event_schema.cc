#include "tests/unit/gateway/doors/realtime/event_schema.h"

#include <map>
#include <string_view>
#include <vector>

namespace earshot::gateway {

namespace {

using Members =
    std::vector<std::string_view>;  // "name:kind"; kinds: s string, n number, o object, a array, ? any

const Members kPlace{"response_id:s", "item_id:s", "output_index:n", "content_index:n"};

Members with(Members members, const Members& more) {
  members.insert(members.end(), more.begin(), more.end());
  return members;
}

const std::map<std::string_view, Members>& events_of(bool beta) {
  static const std::map<std::string_view, Members> common{
      {"session.created", {"session:o"}},
      {"session.updated", {"session:o"}},
      {"conversation.item.retrieved", {"item:o"}},
      {"conversation.item.truncated", {"item_id:s", "content_index:n", "audio_end_ms:n"}},
      {"conversation.item.deleted", {"item_id:s"}},
      {"conversation.item.input_audio_transcription.delta", {"item_id:s", "content_index:n", "delta:s"}},
      {"conversation.item.input_audio_transcription.completed",
       {"item_id:s", "content_index:n", "transcript:s", "usage:o"}},
      {"conversation.item.input_audio_transcription.failed", {"item_id:s", "content_index:n", "error:o"}},
      {"input_audio_buffer.speech_started", {"audio_start_ms:n", "item_id:s"}},
      {"input_audio_buffer.speech_stopped", {"audio_end_ms:n", "item_id:s"}},
      {"input_audio_buffer.committed", {"item_id:s", "previous_item_id:?"}},
      {"input_audio_buffer.cleared", {}},
      {"response.created", {"response:o"}},
      {"response.done", {"response:o"}},
      {"response.output_item.added", {"response_id:s", "output_index:n", "item:o"}},
      {"response.output_item.done", {"response_id:s", "output_index:n", "item:o"}},
      {"response.content_part.added", with(kPlace, {"part:o"})},
      {"response.content_part.done", with(kPlace, {"part:o"})},
      {"response.function_call_arguments.delta",
       {"response_id:s", "item_id:s", "output_index:n", "call_id:s", "delta:s"}},
      {"response.function_call_arguments.done",
       {"response_id:s", "item_id:s", "output_index:n", "call_id:s", "arguments:s"}},
      {"rate_limits.updated", {"rate_limits:a"}},
      {"error", {"error:o"}}};
  static const std::map<std::string_view, Members> ga = [] {
    auto all = common;
    all["conversation.item.added"] = {"item:o", "previous_item_id:?"};
    all["conversation.item.done"] = {"item:o", "previous_item_id:?"};
    all["response.output_audio.delta"] = with(kPlace, {"delta:s"});
    all["response.output_audio.done"] = kPlace;
    all["response.output_audio_transcript.delta"] = with(kPlace, {"delta:s"});
    all["response.output_audio_transcript.done"] = with(kPlace, {"transcript:s"});
    all["response.output_text.delta"] = with(kPlace, {"delta:s"});
    all["response.output_text.done"] = with(kPlace, {"text:s"});
    return all;
  }();
  static const std::map<std::string_view, Members> old = [] {
    auto all = common;
    all["conversation.created"] = {"conversation:o"};
    all["conversation.item.created"] = {"item:o", "previous_item_id:?"};
    all["response.audio.delta"] = with(kPlace, {"delta:s"});
    all["response.audio.done"] = kPlace;
    all["response.audio_transcript.delta"] = with(kPlace, {"delta:s"});
    all["response.audio_transcript.done"] = with(kPlace, {"transcript:s"});
    all["response.text.delta"] = with(kPlace, {"delta:s"});
    all["response.text.done"] = with(kPlace, {"text:s"});
    return all;
  }();
  return beta ? old : ga;
}

bool is_of_kind(const json::value& value, char kind) {
  switch (kind) {
    case 's':
      return value.is_string();
    case 'n':
      return value.is_number();
    case 'o':
      return value.is_object();
    case 'a':
      return value.is_array();
    default:
      return true;
  }
}

std::string missing_of(const json::object& object, const Members& members, std::string_view where) {
  for (const std::string_view member : members) {
    const std::string_view name = member.substr(0, member.find(':'));
    const json::value* const value = object.if_contains(name);
    if (value == nullptr || !is_of_kind(*value, member.back()))
      return std::string(where) + " lacks " + std::string(member);
  }
  return {};
}

std::string fault_of_item(const json::object& item) {
  if (auto fault = missing_of(item, {"id:s", "object:s", "type:s", "status:s"}, "item"); !fault.empty())
    return fault;
  const std::string_view type = item.at("type").as_string();
  if (type == "message") return missing_of(item, {"role:s", "content:a"}, "message");
  if (type == "function_call") return missing_of(item, {"call_id:s", "name:s", "arguments:s"}, "call");
  return missing_of(item, {"call_id:s", "output:s"}, "output");
}

std::string fault_of_response(const json::object& response, bool done, bool beta) {
  if (auto fault = missing_of(response,
                              {"id:s", "object:s", "status:s", "status_details:?", "output:a", "metadata:?",
                               "conversation_id:?", "max_output_tokens:?"},
                              "response");
      !fault.empty())
    return fault;
  const Members own = beta ? Members{"modalities:a", "voice:s", "output_audio_format:s", "temperature:n"}
                           : Members{"output_modalities:a", "audio:o"};
  if (auto fault = missing_of(response, own, "response"); !fault.empty()) return fault;
  for (const json::value& item : response.at("output").as_array()) {
    if (auto fault = fault_of_item(item.as_object()); !fault.empty()) return fault;
  }
  if (!done) return {};
  const json::value& usage = response.at("usage");
  if (!usage.is_object()) return "response lacks usage:o";
  return missing_of(usage.get_object(),
                    {"total_tokens:n", "input_tokens:n", "output_tokens:n", "input_token_details:o",
                     "output_token_details:o"},
                    "usage");
}

std::string fault_of_session(const json::object& session, bool beta) {
  return missing_of(
      session,
      beta ? Members{"id:s", "object:s", "model:s", "modalities:a", "voice:s", "input_audio_format:s",
                     "output_audio_format:s", "turn_detection:?", "tools:a", "tool_choice:?"}
           : Members{"id:s", "object:s", "type:s", "model:s", "output_modalities:a", "audio:o", "tools:a",
                     "tool_choice:?", "expires_at:n"},
      "session");
}

}  // namespace

std::string fault_of(const json::object& event, bool beta) {
  if (auto fault = missing_of(event, {"event_id:s", "type:s"}, "event"); !fault.empty()) return fault;
  const std::string_view type = event.at("type").as_string();
  const auto& events = events_of(beta);
  const auto known = events.find(type);
  if (known == events.end()) return "no such event: " + std::string(type);
  if (auto fault = missing_of(event, known->second, type); !fault.empty()) return fault;
  if (type == "error") return missing_of(event.at("error").as_object(), {"type:s", "message:s"}, "error");
  if (const auto* item = event.if_contains("item")) return fault_of_item(item->as_object());
  if (const auto* session = event.if_contains("session")) return fault_of_session(session->as_object(), beta);
  if (const auto* response = event.if_contains("response"))
    return fault_of_response(response->as_object(), type == "response.done", beta);
  return {};
}

}  // namespace earshot::gateway
