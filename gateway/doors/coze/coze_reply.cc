#include "gateway/doors/coze/coze_reply.h"

#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::string_view kNoId = "0";
constexpr std::size_t kMaxTextBytes = 64 * 1024;

json::object message_json(const CozePlace& place, std::string_view id, std::string_view chat_id,
                          std::string_view role, std::string_view type, std::string_view content_type,
                          std::int64_t created_s) {
  return {{"id", id},
          {"conversation_id", place.conversation},
          {"bot_id", place.bot},
          {"chat_id", chat_id},
          {"section_id", place.section},
          {"role", role},
          {"type", type},
          {"content_type", content_type},
          {"meta_data", json::object{}},
          {"created_at", created_s},
          {"updated_at", created_s},
          {"reasoning_content", ""}};
}

}  // namespace

json::object question_json(const CozePlace& place, std::string_view message_id, std::string_view chat_id,
                           std::string_view content, std::int64_t created_s) {
  json::object message = message_json(place, message_id, chat_id, "user", "question", "text", created_s);
  message["content"] = content;
  return message;
}

CozeReply::CozeReply(CozeEvents& events, DeltaPacing& pacing, const CozeSettings& settings, CozePlace place,
                     Kind kind, std::string chat_id)
    : events_(events),
      pacing_(pacing),
      place_(std::move(place)),
      kind_(kind),
      chat_id_(std::move(chat_id)),
      message_id_(events.make_id()),
      created_s_(events.unix_seconds()),
      chunk_bytes_(
          settings.output_codec == SoundCodec::kOpus ? 0 : settings.output().bytes_in(settings.delta_ms())) {
  if (is_recital()) {
    place_ = {std::string(kNoId), std::string(kNoId), std::string(kNoId)};
    chat_id_ = kNoId;
    message_id_ = kNoId;
  }
  std::string head = json::serialize(
      message_json(place_, message_id_, chat_id_, "assistant", "answer", "audio", created_s_));
  head.front() = ' ';
  head.back() = ',';
  audio_head_ = kind_ == Kind::kSpeech ? R"("delta":)" : head + R"("content":)";
}

void CozeReply::begin() {
  if (is_recital()) return;
  events_.send("conversation.chat.created", chat("created"));
  events_.send("conversation.chat.in_progress", chat("in_progress"));
}

void CozeReply::sentence(std::string_view text) {
  flush_chunk();
  if (text.empty()) return;
  std::string delta(text);
  // Between two sentences as they are written; Chinese and Japanese have no blank there.
  const bool blank = !text_.empty() && static_cast<unsigned char>(text_.back()) < 0x80;
  if (blank) delta.insert(0, 1, ' ');
  if (text_.size() + delta.size() <= kMaxTextBytes) {
    text_ += delta;
    if (!is_recital()) events_.send("conversation.message.delta", message("answer", delta, "text"));
  }
  wait({.sentence = std::string(text), .sound = {}});
}

void CozeReply::sound(ByteView frame) {
  if (chunk_bytes_ == 0) return wait({.sentence = {}, .sound = Bytes(frame.begin(), frame.end())});
  chunk_.insert(chunk_.end(), frame.begin(), frame.end());
  while (chunk_.size() >= chunk_bytes_) {
    const auto end = chunk_.begin() + static_cast<std::ptrdiff_t>(chunk_bytes_);
    wait({.sentence = {}, .sound = Bytes(chunk_.begin(), end)});
    chunk_.erase(chunk_.begin(), end);
  }
}

void CozeReply::requires_action(const std::vector<ToolCall>& calls) {
  json::array shown;
  for (const ToolCall& call : calls) {
    shown.push_back(
        json::object{{"id", call.id},
                     {"type", "function"},
                     {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}});
  }
  json::object data = chat("requires_action");
  data["required_action"] =
      json::object{{"type", "submit_tool_outputs"},
                   {"submit_tool_outputs", json::object{{"tool_calls", std::move(shown)}}}};
  events_.send("conversation.chat.requires_action", data);
}

void CozeReply::finish(Usage usage) {
  if (usage_) return;
  flush_chunk();
  usage_ = usage;
  if (is_recital()) return;
  events_.send("conversation.message.completed", message("answer", text_, "text"));
  events_.send(
      "conversation.message.completed",
      message("verbose", R"({"msg_type":"generate_answer_finish","data":"","from_module":null})", "text"));
}

void CozeReply::fail(const CozeError& error) {
  if (is_recital()) return events_.send_error(error);
  json::object data = chat("failed");
  data["failed_at"] = events_.unix_seconds();
  data["last_error"] = json::object{{"code", error.code}, {"msg", error.message}};
  events_.send("conversation.chat.failed", data);
}

void CozeReply::cancel(Cancelled why) {
  if (is_recital()) return;
  constexpr std::string_view kWhy[] = {"", "user speech", "cancelled by the client", "a new message"};
  const auto code = static_cast<std::size_t>(why);
  events_.send("conversation.chat.canceled", {{"code", code}, {"msg", kWhy[code]}});
}

bool CozeReply::pump(SteadyTime now) {
  while (!waiting_.empty()) {
    Waiting& one = waiting_.front();
    if (one.sound.empty()) {
      events_.send("conversation.audio.sentence_start", {{"text", one.sentence}});
    } else {
      if (!hurries_ && !pacing_.may_send(now)) return false;
      pacing_.sent(now);
      events_.send_audio(kind_ == Kind::kSpeech ? "speech.audio.update" : "conversation.audio.delta",
                         audio_head_, one.sound);
      waiting_bytes_ -= one.sound.size();
    }
    waiting_.pop_front();
  }
  if (!usage_) return false;
  if (kind_ == Kind::kSpeech) {
    events_.send("speech.audio.completed");
    return true;
  }
  events_.send("conversation.audio.completed", message("answer", "", "audio"));
  if (is_recital()) return true;
  json::object data = chat("completed");
  data["completed_at"] = events_.unix_seconds();
  data["usage"] = json::object{{"token_count", usage_->input_tokens + usage_->output_tokens},
                               {"output_count", usage_->output_tokens},
                               {"input_count", usage_->input_tokens}};
  events_.send("conversation.chat.completed", data);
  return true;
}

std::optional<SteadyTime> CozeReply::next_deadline(SteadyTime now) const {
  return waiting_.empty() ? std::nullopt : std::optional(pacing_.next(now));
}

json::object CozeReply::chat(std::string_view status) const {
  return {{"id", chat_id_},
          {"conversation_id", place_.conversation},
          {"bot_id", place_.bot},
          {"section_id", place_.section},
          {"created_at", created_s_},
          {"status", status},
          {"last_error", json::object{{"code", 0}, {"msg", ""}}},
          {"meta_data", json::object{}}};
}

json::object CozeReply::message(std::string_view type, std::string_view content,
                                std::string_view content_type) const {
  json::object shown =
      message_json(place_, message_id_, chat_id_, "assistant", type, content_type, created_s_);
  shown["content"] = content;
  return shown;
}

void CozeReply::flush_chunk() {
  if (!chunk_.empty()) wait({.sentence = {}, .sound = std::exchange(chunk_, {})});
}

void CozeReply::wait(Waiting one) {
  waiting_bytes_ += one.sound.size();
  waiting_.push_back(std::move(one));
  while (waiting_bytes_ > kMaxWaitingBytes) {
    waiting_bytes_ -= waiting_.front().sound.size();
    waiting_.pop_front();
  }
}

}  // namespace earshot::gateway
