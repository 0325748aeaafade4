// What a client's events do.
#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "gateway/doors/realtime/realtime_call.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxEventIdBytes = 512;
constexpr std::size_t kMaxMetadataBytes = 16 * 1024;
constexpr std::uint64_t kLeastCommitMs = 100;
// Of the least eager detector (worker/conversation/call_terms.cc).
constexpr std::uint32_t kLongestWaitMs = 2500;

RealtimeError bad_request(std::string_view code, std::string_view message, std::string_view param = {}) {
  return {.code = std::string(code), .message = std::string(message), .param = std::string(param)};
}

std::string_view text_of(const json::object& event, std::string_view key) {
  return json::find_string(event, key).value_or("");
}

}  // namespace

void RealtimeCall::client_says(std::string_view text, SteadyTime now) {
  const auto event = json::parse_object(text, kMaxEventBytes);
  if (!event) {
    events_.send_error(bad_request("invalid_json", "The event is not a JSON object, or is too large."));
    return;
  }
  const auto type = json::find_string(*event, "type");
  const std::string cause = json::clean_text(text_of(*event, "event_id"), kMaxEventIdBytes);
  const Wrong wrong =
      type ? handle(*type, *event, now)
           : Wrong(bad_request("missing_required_parameter", "An event needs its type.", "type"));
  if (wrong) events_.send_error(*wrong, cause);
  pump(now);
  worker_.touched();
}

void RealtimeCall::client_says_too_much() {
  events_.send_error(bad_request("event_too_large",
                                 "The event is larger than 4 MiB, and was not read. Append less at once."));
}

RealtimeCall::Wrong RealtimeCall::handle(std::string_view type, const json::object& event, SteadyTime now) {
  if (type == "input_audio_buffer.append") return on_append(event, now);
  if (type == "session.update" || type == "transcription_session.update")
    return on_session_update(event, now);
  if (type == "input_audio_buffer.commit") return on_commit(now);
  if (type == "input_audio_buffer.clear") {
    on_clear(now);
    return std::nullopt;
  }
  if (type == "output_audio_buffer.clear") return std::nullopt;  // of WebRTC: there is no such buffer here
  if (type == "conversation.item.create") return on_item_create(event, now);
  if (type == "conversation.item.retrieve") return on_item_retrieve(event);
  if (type == "conversation.item.delete") return on_item_delete(event, now);
  if (type == "conversation.item.truncate") return on_item_truncate(event, now);
  if (type == "response.create") return on_response_create(event, now);
  if (type == "response.cancel") return on_response_cancel(event, now);
  return bad_request("invalid_value", "Unknown event type '" + json::clean_text(type, 64) + "'.", "type");
}

RealtimeCall::Wrong RealtimeCall::on_session_update(const json::object& event, SteadyTime) {
  const json::object* const update = json::find_object(event, "session");
  if (update == nullptr)
    return bad_request("missing_required_parameter", "The update needs its session.", "session");
  RealtimeSettings changed = settings_;
  if (Wrong wrong = apply_update(*update, changed)) return wrong;
  const bool other_sound = changed.input != settings_.input || changed.output != settings_.output;
  if (other_sound && (worker_.uplink().appended_ms() > 0 || !is_idle()))
    return bad_request("invalid_value", "The audio format cannot change once there was audio.",
                       "session.audio");
  if (events_.dialect() == RealtimeDialect::kUndecided) events_.decide(dialect_of(*update));
  if (changed.manual() != settings_.manual()) {
    key_down_ = false;
    half_sample_.clear();
    worker_.uplink().clear();
    worker_.uplink().forget_listens();
    committed_ms_ = worker_.uplink().appended_ms();
  }
  settings_ = std::move(changed);
  events_.send("session.updated",
               {{"session", settings_json(settings_, events_.dialect(), session_id_, expires_at_s_)}});
  update_worker_if_idle();
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_append(const json::object& event, SteadyTime now) {
  const auto text = json::find_string(event, "audio");
  if (!text) return bad_request("missing_required_parameter", "The event needs its audio.", "audio");
  const auto sound = from_base64(*text);
  if (!sound) return bad_request("invalid_value", "The audio is not base64.", "audio");
  if (sound->empty()) return std::nullopt;
  need_worker(now);
  if (!worker_.is_asked()) return std::nullopt;
  if (settings_.manual() && !key_down_) {
    key_down_ = true;
    ipc::Envelope start;
    start.mutable_listen()->set_state(ipc::Listen::kStart);
    start.mutable_listen()->set_mode(ipc::Listen::kManual);
    worker_.uplink().say(std::move(start), settings_.input);
  }
  // Half of a sample waits for the other half.
  Bytes whole = std::exchange(half_sample_, {});
  whole.insert(whole.end(), sound->begin(), sound->end());
  if (whole.size() % bytes_a_sample(settings_.input.codec) != 0) {
    half_sample_.push_back(whole.back());
    whole.pop_back();
  }
  if (!worker_.uplink().append(whole, settings_.input))
    return bad_request("input_audio_buffer_full", "More audio waits than a session may hold.", "audio");
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_commit(SteadyTime) {
  const std::uint64_t ms = worker_.uplink().appended_ms() - committed_ms_;
  if (ms < kLeastCommitMs)
    return bad_request("input_audio_buffer_commit_empty", "The buffer holds less than 100 ms of audio.");
  if (!settings_.manual() && !speech_)
    return bad_request("input_audio_buffer_commit_empty", "The detector hears no speech.");
  // The detector ends it: a `listen stop`, and the start that must follow it, would drop the words.
  const bool semantic = settings_.detection == RealtimeSettings::Detection::kSemanticVad;
  const std::uint32_t silence_ms = silence_that_ends(semantic ? kLongestWaitMs : settings_.silence_ms);
  if (!settings_.manual() && !worker_.uplink().append_silence(silence_ms, settings_.input))
    return bad_request("input_audio_buffer_full", "More audio waits than a session may hold.");
  committed_ms_ = worker_.uplink().appended_ms();
  half_sample_.clear();
  if (!settings_.manual()) return std::nullopt;
  const bool heard = std::exchange(key_down_, false);
  if (heard) {  // else the worker was lost that heard it, and another one knows of no key
    ipc::Envelope stop;
    stop.mutable_listen()->set_state(ipc::Listen::kStop);
    worker_.uplink().say(std::move(stop), settings_.input);
  }
  const std::string id = events_.make_id("item_");
  add_heard_item(id);
  if (heard) {
    awaiting_words_.push_back({.item = id, .ms = ms});
  } else {
    tell_lost_words({.item = id, .ms = ms});
  }
  return std::nullopt;
}

void RealtimeCall::on_clear(SteadyTime) {
  worker_.uplink().forget_unfinished();  // what was committed is heard
  half_sample_.clear();
  committed_ms_ = worker_.uplink().appended_ms();
  key_down_ = false;  // the next `listen start` forgets what was heard
  if (!settings_.manual() && is_idle()) {
    speech_.reset();
    say_listening();
  }
  events_.send("input_audio_buffer.cleared", {});
}

// Committed: the words of it are to come.
RealtimeItem* RealtimeCall::add_heard_item(const std::string& id) {
  RealtimeItem heard;
  heard.id = id;
  heard.audio = true;
  heard.transcribed = false;
  RealtimeItem* const item = items_.add(std::move(heard));
  const auto previous = items_.before(id);
  events_.send(
      "input_audio_buffer.committed",
      {{"item_id", id}, {"previous_item_id", previous ? json::value(*previous) : json::value(nullptr)}});
  tell_item_added(*item);
  return item;
}

void RealtimeCall::tell_item_added(const RealtimeItem& item) {
  const auto previous = items_.before(item.id);
  const auto event = [&] {
    return json::object{{"item", item_json(item, events_.dialect())},
                        {"previous_item_id", previous ? json::value(*previous) : json::value(nullptr)}};
  };
  events_.send("conversation.item.added", event());
  if (!events_.beta()) events_.send("conversation.item.done", event());
}

RealtimeCall::Wrong RealtimeCall::on_item_create(const json::object& event, SteadyTime) {
  const json::object* const wanted = json::find_object(event, "item");
  if (wanted == nullptr)
    return bad_request("missing_required_parameter", "The event needs its item.", "item");
  ReadItem read = read_item(*wanted);
  if (!read.item) return read.error;
  if (read.item->id.empty()) read.item->id = events_.make_id("item_");
  if (items_.find(read.item->id) != nullptr)
    return bad_request("item_create_duplicate_item_id", "There is an item with this id.", "item.id");
  std::optional<std::string> previous;
  if (const auto id = json::find_string(event, "previous_item_id")) previous = std::string(*id);
  RealtimeItem* const item = items_.add(std::move(*read.item), previous);
  if (item == nullptr)
    return bad_request("item_create_invalid_previous_item_id", "There is no such item.", "previous_item_id");
  tell_item_added(*item);
  if (waiting_ && item->kind == RealtimeItem::Kind::kCallOutput && item->call_id == waiting_->call_id) {
    waiting_->output = item->text;
    return std::nullopt;
  }
  if (previous) {
    tell_dialogue();
    return std::nullopt;
  }
  ipc::Envelope envelope;
  write_line(*item, *envelope.mutable_call_dialogue()->mutable_lines());
  if (envelope.call_dialogue().lines_size() > 0) worker_.say(std::move(envelope));
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_item_retrieve(const json::object& event) {
  const RealtimeItem* const item = items_.find(text_of(event, "item_id"));
  if (item == nullptr)
    return bad_request("item_retrieve_invalid_item_id", "There is no such item.", "item_id");
  events_.send("conversation.item.retrieved", {{"item", item_json(*item, events_.dialect())}});
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_item_delete(const json::object& event, SteadyTime) {
  const std::string id(text_of(event, "item_id"));
  if (!items_.remove(id))
    return bad_request("item_delete_invalid_item_id", "There is no such item.", "item_id");
  events_.send("conversation.item.deleted", {{"item_id", id}});
  tell_dialogue();
  return std::nullopt;
}

// The client has played so much of it, and throws the rest away: that was not said.
RealtimeCall::Wrong RealtimeCall::on_item_truncate(const json::object& event, SteadyTime) {
  const std::string id(text_of(event, "item_id"));
  const auto end = json::find_int(event, "audio_end_ms");
  if (!end || *end < 0)
    return bad_request("missing_required_parameter", "The event needs audio_end_ms.", "audio_end_ms");
  const RealtimeItem* const known = items_.find(id);
  const bool spoken = known != nullptr && known->kind == RealtimeItem::Kind::kMessage &&
                      known->role == RealtimeItem::Role::kAssistant && known->audio;
  if (!spoken)
    return bad_request("item_truncate_invalid_item_id", "There is no such spoken item.", "item_id");
  if (known->status == RealtimeItem::Status::kInProgress && response_) {
    if (static_cast<std::uint64_t>(*end) > response_->sent_ms())
      return bad_request("invalid_value", "The audio is shorter than that.", "audio_end_ms");
    stop_turn();
    finish_response(RealtimeResponse::End::kClientCancelled);
  }
  RealtimeItem* const kept = items_.find(id);
  if (kept == nullptr)  // its own last words were too many: the oldest items have gone for them
    return bad_request("item_truncate_invalid_item_id", "There is no such spoken item.", "item_id");
  RealtimeItem& item = *kept;
  const auto end_ms = static_cast<std::uint64_t>(*end);
  if (end_ms > item.audio_ms)
    return bad_request("invalid_value", "The audio is shorter than that.", "audio_end_ms");
  std::erase_if(item.sentences, [&](const RealtimeItem::Sentence& one) { return one.start_ms >= end_ms; });
  item.text.clear();
  for (const RealtimeItem::Sentence& one : item.sentences) item.text += one.text;
  item.audio_ms = end_ms;
  if (worker_.heard().turn() != 0) worker_.heard().stop();
  events_.send("conversation.item.truncated",
               {{"item_id", id}, {"content_index", 0}, {"audio_end_ms", *end}});
  tell_dialogue();
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_response_create(const json::object& event, SteadyTime now) {
  if (settings_.transcribes_only)
    return bad_request("invalid_value", "A transcription session makes no responses.", "type");
  if (response_)
    return bad_request("conversation_already_has_active_response", "A response is being made already.");
  ResponseWish wish{.silent = settings_.silent};
  ipc::Envelope envelope;
  ipc::Respond& respond = *envelope.mutable_respond();
  if (const json::object* const wanted = json::find_object(event, "response")) {
    if (Wrong wrong = read_wish(*wanted, wish, respond)) return wrong;
  }
  if (waiting_ && waiting_->output && !wish.aside) {
    const Waiting answered = *std::exchange(waiting_, std::nullopt);
    response_.emplace(events_, items_, settings_, conversation_id_, std::move(wish));
    response_->turn = answered.turn;
    ipc::Envelope answer;
    answer.mutable_mcp_up()->set_payload(tool_answer(answered.id, *answered.output));
    worker_.say(std::move(answer));
    return std::nullopt;
  }
  if (waiting_) stop_turn();  // the client goes on without an answer
  update_worker_if_idle();
  respond.set_tag(++last_tag_);
  respond.set_silent(wish.silent);
  respond.set_aside(wish.aside);
  response_.emplace(events_, items_, settings_, conversation_id_, std::move(wish));
  response_->tag = last_tag_;
  ask(std::move(envelope), now);
  if (!worker_.is_asked()) finish_response(RealtimeResponse::End::kFailed, {}, "too many sessions are open");
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::read_wish(const json::object& wanted, ResponseWish& wish,
                                            ipc::Respond& respond) {
  const json::array* modalities = json::find_array(wanted, "output_modalities");
  if (modalities == nullptr) modalities = json::find_array(wanted, "modalities");
  if (modalities != nullptr)
    wish.silent = std::ranges::find(*modalities, json::value("audio")) == modalities->end();
  if (const auto instructions = json::find_string(wanted, "instructions")) {
    if (instructions->size() > RealtimeSettings::kMaxInstructionsBytes)
      return bad_request("invalid_value", "The instructions are too long.", "response.instructions");
    respond.set_instructions(std::string(*instructions));
  }
  if (Wrong wrong = read_model_wish(wanted, respond)) return wrong;
  wish.aside = json::find_string(wanted, "conversation") == "none";
  if (const json::object* const metadata = json::find_object(wanted, "metadata")) {
    if (json::serialize(*metadata).size() > kMaxMetadataBytes)
      return bad_request("invalid_value", "The metadata is too long.", "response.metadata");
    wish.metadata = *metadata;
  }
  constexpr std::size_t kMaxInputBytes = 192 * 1024;  // a link takes 256 KiB a record
  const json::array* const input = json::find_array(wanted, "input");
  if (input == nullptr) return std::nullopt;
  if (!wish.aside)
    return bad_request("unsupported_field", "input goes with conversation: none.", "response.input");
  if (input->size() > RealtimeItems::kMaxItems)
    return bad_request("invalid_value", "Too many items.", "response.input");
  for (const json::value& one : *input) {
    if (Wrong wrong = read_input(one, respond)) return wrong;
    if (respond.ByteSizeLong() > kMaxInputBytes)
      return bad_request("invalid_value", "The input is too long.", "response.input");
  }
  return std::nullopt;
}

// What is asked of the model for this response alone, by the rules of a session's settings.
RealtimeCall::Wrong RealtimeCall::read_model_wish(const json::object& wanted, ipc::Respond& respond) {
  constexpr std::string_view kOfModel[] = {"tool_choice", "temperature", "max_output_tokens",
                                           "max_response_output_tokens"};
  constexpr std::string_view kSession = "session.";
  json::object own;
  for (const std::string_view member : kOfModel) {
    if (const json::value* const value = wanted.if_contains(member)) own[member] = *value;
  }
  if (own.empty()) return std::nullopt;
  RealtimeSettings changed = settings_;
  if (Wrong wrong = apply_update(own, changed)) {
    if (wrong->param.starts_with(kSession)) wrong->param.replace(0, kSession.size(), "response.");
    return wrong;
  }
  *respond.mutable_wish() = call_wish(changed);
  return std::nullopt;
}

// An item, or a reference to one.
RealtimeCall::Wrong RealtimeCall::read_input(const json::value& one, ipc::Respond& respond) {
  const auto* const object = one.if_object();
  if (object == nullptr) return bad_request("invalid_value", "Expected items.", "response.input");
  if (json::find_string(*object, "type") == "item_reference") {
    const RealtimeItem* const item = items_.find(text_of(*object, "id"));
    if (item == nullptr) return bad_request("invalid_value", "There is no such item.", "response.input");
    write_line(*item, *respond.mutable_input());
    return std::nullopt;
  }
  ReadItem read = read_item(*object);
  if (!read.item) return read.error;
  write_line(*read.item, *respond.mutable_input());
  return std::nullopt;
}

RealtimeCall::Wrong RealtimeCall::on_response_cancel(const json::object& event, SteadyTime) {
  const auto id = json::find_string(event, "response_id");
  if (!response_ || (id && *id != response_->id()))
    return bad_request("response_cancel_not_active", "No response is being made.", "response_id");
  stop_turn();
  finish_response(RealtimeResponse::End::kClientCancelled);
  return std::nullopt;
}

}  // namespace earshot::gateway
