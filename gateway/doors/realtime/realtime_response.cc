#include "gateway/doors/realtime/realtime_response.h"

#include <utility>

namespace earshot::gateway {

namespace {

// The first sound leaves at once; behind it three frames of a worker go together.
constexpr std::size_t kDeltaMs = 60;

json::value previous_json(const RealtimeItems& items, std::string_view id) {
  const auto before = items.before(id);
  return before ? json::value(*before) : json::value(nullptr);
}

}  // namespace

RealtimeResponse::RealtimeResponse(RealtimeEvents& events, RealtimeItems& items,
                                   const RealtimeSettings& settings, std::string conversation,
                                   ResponseWish wish)
    : events_(events),
      items_(items),
      settings_(settings),
      id_(events.make_id("resp_")),
      conversation_(std::move(conversation)),
      wish_(std::move(wish)) {
  events_.send("response.created", {{"response", shown("in_progress", nullptr, nullptr)}});
}

void RealtimeResponse::sentence(std::string_view text) {
  if (!message_) open_message();
  send_sound();
  std::string delta(text);
  // Between two sentences as they are written; Chinese and Japanese have no blank there.
  const bool blank = !message_->text.empty() && static_cast<unsigned char>(message_->text.back()) < 0x80;
  if (blank) delta.insert(0, 1, ' ');
  message_->text += delta;
  message_->sentences.push_back({message_->audio_ms, delta});
  auto event = place();
  event["delta"] = delta;
  events_.send(wish_.silent ? "response.output_text.delta" : "response.output_audio_transcript.delta",
               std::move(event));
}

void RealtimeResponse::sound(ByteView frame) {
  if (wish_.silent) return;
  if (!message_) open_message();
  sound_.insert(sound_.end(), frame.begin(), frame.end());
  message_->audio_ms += frame.size() / settings_.output.bytes_a_ms();
  if (!sent_sound_ || sound_.size() >= settings_.output.bytes_a_ms() * kDeltaMs) send_sound();
}

std::string RealtimeResponse::call(std::string_view name, std::string_view arguments) {
  close_message(RealtimeItem::Status::kCompleted);
  RealtimeItem item;
  item.id = events_.make_id("item_");
  item.kind = RealtimeItem::Kind::kCall;
  item.status = RealtimeItem::Status::kInProgress;
  item.call_id = events_.make_id("call_");
  item.name = name;
  const std::size_t index = output_.size();
  const auto at = [&] {
    return json::object{{"response_id", id_}, {"item_id", item.id}, {"output_index", index}};
  };
  if (!wish_.aside) items_.add(item);
  const auto added = [&](std::string_view type, bool of_conversation) {
    json::object event{{"item", item_json(item, events_.dialect())}};
    if (of_conversation) {
      event["previous_item_id"] = previous_json(items_, item.id);
    } else {
      event["response_id"] = id_;
      event["output_index"] = index;
    }
    events_.send(type, std::move(event));
  };
  added("response.output_item.added", false);
  if (!wish_.aside) added("conversation.item.added", true);
  const auto arguments_event = [&](std::string_view type, std::string_view key) {
    json::object event = at();
    event["call_id"] = item.call_id;
    event[key] = arguments;
    if (key == "arguments") event["name"] = item.name;
    events_.send(type, std::move(event));
  };
  arguments_event("response.function_call_arguments.delta", "delta");
  arguments_event("response.function_call_arguments.done", "arguments");
  item.text = arguments;
  item.status = RealtimeItem::Status::kCompleted;
  if (RealtimeItem* const kept = items_.find(item.id)) *kept = item;
  items_.grew();
  if (!wish_.aside && !events_.beta()) added("conversation.item.done", true);
  added("response.output_item.done", false);
  output_.push_back(item_json(item, events_.dialect()));
  return item.call_id;
}

void RealtimeResponse::finish(End end, Usage usage, std::string_view why) {
  const bool whole = end == End::kCompleted;
  close_message(whole ? RealtimeItem::Status::kCompleted : RealtimeItem::Status::kIncomplete);
  json::value details = nullptr;
  std::string_view status = "completed";
  if (end == End::kClientCancelled || end == End::kTurnDetected) {
    status = "cancelled";
    details = {{"type", status},
               {"reason", end == End::kTurnDetected ? "turn_detected" : "client_cancelled"}};
  } else if (end == End::kFailed) {
    status = "failed";
    details = {{"type", status},
               {"error", {{"type", "server_error"}, {"code", "no_answer"}, {"message", why}}}};
  }
  const std::uint32_t in = usage.input_tokens;
  const std::uint32_t out = usage.output_tokens;
  const json::object told{
      {"total_tokens", in + out},
      {"input_tokens", in},
      {"output_tokens", out},
      {"input_token_details", json::object{{"cached_tokens", 0}, {"text_tokens", in}, {"audio_tokens", 0}}},
      {"output_token_details", json::object{{"text_tokens", out}, {"audio_tokens", 0}}}};
  events_.send("response.done", {{"response", shown(status, details, told)}});
  events_.send("rate_limits.updated", {{"rate_limits", json::array()}});  // there are none
}

void RealtimeResponse::open_message() {
  message_.emplace();
  message_->id = events_.make_id("item_");
  message_->role = RealtimeItem::Role::kAssistant;
  message_->status = RealtimeItem::Status::kInProgress;
  message_->audio = !wish_.silent;
  sent_sound_ = false;
  const json::object item = item_json(*message_, events_.dialect());
  if (!wish_.aside) items_.add(*message_);
  events_.send("response.output_item.added",
               {{"response_id", id_}, {"output_index", output_.size()}, {"item", item}});
  if (!wish_.aside) {
    events_.send("conversation.item.added",
                 {{"item", item}, {"previous_item_id", previous_json(items_, message_->id)}});
  }
  auto event = place();
  event["part"] = part();
  events_.send("response.content_part.added", std::move(event));
}

void RealtimeResponse::close_message(RealtimeItem::Status status) {
  if (!message_) return;
  send_sound();
  message_->status = status;
  if (RealtimeItem* const kept = items_.find(message_->id)) *kept = *message_;
  items_.grew();
  if (wish_.silent) {
    auto event = place();
    event["text"] = message_->text;
    events_.send("response.output_text.done", std::move(event));
  } else {
    events_.send("response.output_audio.done", place());
    auto event = place();
    event["transcript"] = message_->text;
    events_.send("response.output_audio_transcript.done", std::move(event));
  }
  auto done = place();
  done["part"] = part();
  events_.send("response.content_part.done", std::move(done));
  const json::object item = item_json(*message_, events_.dialect());
  if (!wish_.aside && !events_.beta()) {
    events_.send("conversation.item.done",
                 {{"item", item}, {"previous_item_id", previous_json(items_, message_->id)}});
  }
  events_.send("response.output_item.done",
               {{"response_id", id_}, {"output_index", output_.size()}, {"item", item}});
  output_.push_back(item);
  message_.reset();
}

void RealtimeResponse::send_sound() {
  if (sound_.empty()) return;
  events_.send_audio(id_, message_->id, output_.size(), sound_);
  sent_sound_ = true;
  sound_.clear();
}

json::object RealtimeResponse::place() const {
  return {{"response_id", id_},
          {"item_id", message_->id},
          {"output_index", output_.size()},
          {"content_index", 0}};
}

json::object RealtimeResponse::part() const {
  if (wish_.silent) return {{"type", "text"}, {"text", message_->text}};
  return {{"type", "audio"}, {"transcript", message_->text}};
}

json::object RealtimeResponse::shown(std::string_view status, json::value details, json::value usage) const {
  json::object response{{"id", id_},
                        {"object", "realtime.response"},
                        {"conversation_id", wish_.aside ? json::value(nullptr) : json::value(conversation_)},
                        {"status", status},
                        {"status_details", std::move(details)},
                        {"output", output_},
                        {"metadata", wish_.metadata},
                        {"usage", std::move(usage)}};
  if (events_.beta()) {
    response["modalities"] = wish_.silent ? json::array{"text"} : json::array{"audio", "text"};
    response["voice"] = settings_.voice;
    response["output_audio_format"] = beta_format(settings_.output);
    response["temperature"] = settings_.temperature;
    response["max_output_tokens"] = settings_.max_tokens;
  } else {
    response["output_modalities"] = wish_.silent ? json::array{"text"} : json::array{"audio"};
    response["audio"] = json::object{
        {"output", json::object{{"format", format_json(settings_.output)}, {"voice", settings_.voice}}}};
    response["max_output_tokens"] = settings_.max_tokens;
  }
  return response;
}

}  // namespace earshot::gateway
