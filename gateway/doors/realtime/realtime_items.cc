#include "gateway/doors/realtime/realtime_items.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxParts = 64;
constexpr std::size_t kMaxCallNameBytes = 64;
// Of what a worker is told at once: its link takes 256 KiB a record.
constexpr std::size_t kMaxLinesBytes = 192 * 1024;

std::string_view status_name(RealtimeItem::Status status) {
  switch (status) {
    case RealtimeItem::Status::kInProgress:
      return "in_progress";
    case RealtimeItem::Status::kCompleted:
      return "completed";
    case RealtimeItem::Status::kIncomplete:
      return "incomplete";
  }
  return "completed";
}

std::string_view role_name(RealtimeItem::Role role) {
  switch (role) {
    case RealtimeItem::Role::kUser:
      return "user";
    case RealtimeItem::Role::kAssistant:
      return "assistant";
    case RealtimeItem::Role::kSystem:
      return "system";
  }
  return "user";
}

json::array content_json(const RealtimeItem& item, RealtimeDialect dialect) {
  const bool beta = dialect == RealtimeDialect::kBeta;
  json::array content;
  if (item.role == RealtimeItem::Role::kAssistant) {
    if (item.text.empty() && item.sentences.empty()) return content;
    if (item.audio) {
      content.push_back({{"type", beta ? "audio" : "output_audio"}, {"transcript", item.text}});
    } else {
      content.push_back({{"type", beta ? "text" : "output_text"}, {"text", item.text}});
    }
    return content;
  }
  if (!item.audio) {
    content.push_back({{"type", "input_text"}, {"text", item.text}});
    return content;
  }
  const json::value transcript = item.transcribed ? json::value(item.text) : json::value(nullptr);
  content.push_back({{"type", "input_audio"}, {"transcript", transcript}});
  return content;
}

RealtimeError missing(std::string_view param, std::string_view what) {
  return {.code = "invalid_value", .message = std::string(what), .param = std::string(param)};
}

ReadItem read_message(const json::object& from, RealtimeItem item) {
  const auto role = json::find_string(from, "role").value_or("user");
  if (role == "assistant") item.role = RealtimeItem::Role::kAssistant;
  if (role == "system") item.role = RealtimeItem::Role::kSystem;
  if (role != "assistant" && role != "system" && role != "user")
    return {.item = {}, .error = missing("item.role", "Expected user, assistant or system.")};
  const json::array* const content = json::find_array(from, "content");
  if (content == nullptr || content->size() > kMaxParts)
    return {.item = {}, .error = missing("item.content", "Expected a list of content parts.")};
  for (const json::value& part : *content) {
    const auto* const object = part.if_object();
    const auto type = object == nullptr ? std::nullopt : json::find_string(*object, "type");
    if (type == "input_text" || type == "text" || type == "output_text") {
      const auto text = json::find_string(*object, "text");
      if (!text) return {.item = {}, .error = missing("item.content.text", "A text part needs its text.")};
      item.text += *text;
    } else if (type == "input_audio" || type == "audio" || type == "output_audio") {
      // Its sound is not heard: who has some appends it to the buffer.
      const auto transcript = json::find_string(*object, "transcript");
      if (!transcript)
        return {.item = {},
                .error = missing("item.content.audio",
                                 "Audio in an item needs its transcript here; speech "
                                 "goes to the input audio buffer.")};
      item.audio = true;
      item.text += *transcript;
    } else {
      return {.item = {}, .error = missing("item.content.type", "This content type is not supported.")};
    }
    if (item.text.size() > RealtimeItems::kMaxTextBytes)
      return {.item = {}, .error = missing("item.content", "The item is too long.")};
  }
  item.text = json::clean_text(item.text, RealtimeItems::kMaxTextBytes);
  if (item.role == RealtimeItem::Role::kAssistant) item.sentences.push_back({0, item.text});
  return {.item = std::move(item)};
}

}  // namespace

json::object item_json(const RealtimeItem& item, RealtimeDialect dialect) {
  json::object shown{{"id", item.id}, {"object", "realtime.item"}};
  switch (item.kind) {
    case RealtimeItem::Kind::kMessage:
      shown["type"] = "message";
      shown["status"] = status_name(item.status);
      shown["role"] = role_name(item.role);
      shown["content"] = content_json(item, dialect);
      break;
    case RealtimeItem::Kind::kCall:
      shown["type"] = "function_call";
      shown["status"] = status_name(item.status);
      shown["call_id"] = item.call_id;
      shown["name"] = item.name;
      shown["arguments"] = item.text;
      break;
    case RealtimeItem::Kind::kCallOutput:
      shown["type"] = "function_call_output";
      shown["status"] = status_name(item.status);
      shown["call_id"] = item.call_id;
      shown["output"] = item.text;
      break;
  }
  return shown;
}

ReadItem read_item(const json::object& from) {
  RealtimeItem item;
  if (const auto id = json::find_string(from, "id")) {
    if (id->empty() || id->size() > RealtimeItems::kMaxIdBytes)
      return {.item = {}, .error = missing("item.id", "An id has 1 to 64 bytes.")};
    item.id = json::clean_text(*id, RealtimeItems::kMaxIdBytes);
  }
  const auto type = json::find_string(from, "type");
  if (type == "message") return read_message(from, std::move(item));
  if (type != "function_call" && type != "function_call_output")
    return {.item = {},
            .error = missing("item.type", "Expected message, function_call or function_call_output.")};
  const bool is_call = type == "function_call";
  item.kind = is_call ? RealtimeItem::Kind::kCall : RealtimeItem::Kind::kCallOutput;
  const auto call_id = json::find_string(from, "call_id");
  const auto text = json::find_string(from, is_call ? "arguments" : "output");
  const auto name = json::find_string(from, "name").value_or("");
  if (!call_id || call_id->size() > RealtimeItems::kMaxIdBytes || !text || name.size() > kMaxCallNameBytes)
    return {.item = {},
            .error = missing("item.call_id", "A call needs call_id and its arguments or output.")};
  if (text->size() > RealtimeItems::kMaxTextBytes)
    return {.item = {}, .error = missing("item.output", "The item is too long.")};
  item.call_id = json::clean_text(*call_id, RealtimeItems::kMaxIdBytes);
  item.name = json::clean_text(name, kMaxCallNameBytes);
  item.text = json::clean_text(*text, RealtimeItems::kMaxTextBytes);
  return {.item = std::move(item)};
}

RealtimeItem* RealtimeItems::add(RealtimeItem item, const std::optional<std::string>& previous) {
  auto place = items_.end();
  if (previous == "root") {
    place = items_.begin();
  } else if (previous) {
    place = std::ranges::find(items_, *previous, &RealtimeItem::id);
    if (place == items_.end()) return nullptr;
    ++place;
  }
  const std::string id = item.id;
  bytes_ += size_of(item);
  items_.insert(place, std::move(item));
  bound();
  return find(id);
}

RealtimeItem* RealtimeItems::find(std::string_view id) {
  const auto found = std::ranges::find(items_, id, &RealtimeItem::id);
  return found == items_.end() ? nullptr : &*found;
}

std::optional<std::string> RealtimeItems::before(std::string_view id) const {
  const auto found = std::ranges::find(items_, id, &RealtimeItem::id);
  if (found == items_.end() || found == items_.begin()) return std::nullopt;
  return std::prev(found)->id;
}

bool RealtimeItems::remove(std::string_view id) {
  const auto found = std::ranges::find(items_, id, &RealtimeItem::id);
  if (found == items_.end()) return false;
  bytes_ -= std::min(bytes_, size_of(*found));
  items_.erase(found);
  return true;
}

void RealtimeItems::write(google::protobuf::RepeatedPtrField<ipc::CallLine>& lines) const {
  std::size_t bytes = 0;
  auto first = items_.end();
  while (first != items_.begin() && bytes + std::prev(first)->text.size() <= kMaxLinesBytes) {
    --first;
    bytes += first->text.size() + 16;
  }
  for (; first != items_.end(); ++first) write_line(*first, lines);
}

void RealtimeItems::grew() {
  bytes_ = 0;
  for (const RealtimeItem& item : items_) bytes_ += size_of(item);
  bound();
}

void RealtimeItems::bound() {
  // The newest stays: somebody may be writing it.
  while (items_.size() > 1 && (items_.size() > kMaxItems || bytes_ > kMaxBytes)) {
    bytes_ -= std::min(bytes_, size_of(items_.front()));
    items_.pop_front();
  }
}

void write_line(const RealtimeItem& item, google::protobuf::RepeatedPtrField<ipc::CallLine>& lines) {
  if (item.text.empty() || item.kind == RealtimeItem::Kind::kCall) return;
  ipc::CallLine& line = *lines.Add();
  if (item.kind == RealtimeItem::Kind::kCallOutput) {
    line.set_who(ipc::CallLine::kSystem);
    line.set_text("A function that was called has answered: " + item.text);
    return;
  }
  line.set_who(item.role == RealtimeItem::Role::kUser        ? ipc::CallLine::kUser
               : item.role == RealtimeItem::Role::kAssistant ? ipc::CallLine::kAssistant
                                                             : ipc::CallLine::kSystem);
  line.set_text(item.text);
}

}  // namespace earshot::gateway
