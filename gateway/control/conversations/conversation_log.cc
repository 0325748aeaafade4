#include "gateway/control/conversations/conversation_log.h"

#include <utility>

namespace earshot::gateway {

namespace {

store::WallTime wall_of(const Clock& clock) {
  return std::chrono::floor<Milliseconds>(clock.wall());
}

store::Turn turn_of(const TurnNews& news, const DeviceId& device, const ConversationLogConfig& config) {
  store::Turn turn;
  turn.session = news.session.text;
  turn.device = device;
  turn.number = news.number;
  turn.source = news.source;
  turn.end = news.end;
  turn.trace = news.trace;
  turn.started = store::WallTime(Milliseconds(news.started_ms));
  turn.first_audio = news.first_audio;
  turn.overhead = news.overhead;
  if (config.keep_text) {
    turn.user_text = news.user_text;
    turn.reply_text = news.reply_text;
  }
  if (config.keep_audio) {
    turn.user_audio = news.user_audio;
    turn.reply_audio = news.reply_audio;
  }
  return turn;
}

json::object event_of(const store::Turn& turn, const TurnNews& news, bool texts) {
  json::object data{{"session", turn.session}, {"turn", turn.number}, {"source", turn.source},
                    {"end", turn.end},         {"agent", news.agent}, {"tools", json::array()}};
  for (const std::string& tool : news.tools) data["tools"].as_array().emplace_back(tool);
  if (turn.first_audio) data["first_audio_ms"] = turn.first_audio->count();
  if (turn.overhead) data["overhead_ms"] = turn.overhead->count();
  if (texts) {
    data["user_text"] = turn.user_text;
    data["reply_text"] = turn.reply_text;
  }
  return data;
}

}  // namespace

ConversationLog::ConversationLog(Executor executor, store::StoreProxy& store, EventHub& hub,
                                 const Clock& clock, ConversationLogConfig config)
    : executor_(std::move(executor)), store_(store), hub_(hub), clock_(clock), config_(config) {}

void ConversationLog::opened(const DeviceId& device, const SessionId& session, const std::string& worker) {
  forget_closed();
  store::Conversation conversation;
  conversation.session = session.text;
  conversation.device = device;
  conversation.worker = worker;
  conversation.started = wall_of(clock_);
  conversations_.insert_or_assign(session.text, conversation);
  write(std::move(conversation));
}

void ConversationLog::closed(const DeviceId&, const SessionId& session, const std::string& reason) {
  const auto found = conversations_.find(session.text);
  if (found == conversations_.end() || found->second.ended) return;
  found->second.ended = wall_of(clock_);
  found->second.end_reason = reason;
  write(found->second);
  closed_.push_back({.session = session.text, .until = clock_.now() + kAfterwards});
  forget_closed();
}

void ConversationLog::turn_ended(const TurnNews& news) {
  const auto found = conversations_.find(news.session.text);
  if (found == conversations_.end()) return counters_.add(ConversationLogEvent::kTurnUnknownSession);
  store::Conversation& conversation = found->second;
  ++conversation.turns;
  if (!news.agent.empty()) conversation.agent = news.agent;
  counters_.add(ConversationLogEvent::kTurn);
  store::Turn turn = turn_of(news, conversation.device, config_);
  hub_.publish("turn", conversation.device, event_of(turn, news, config_.keep_text));

  const std::size_t bytes = sizeof turn + turn.user_text.size() + turn.reply_text.size() + turn.trace.size() +
                            turn.user_audio.size() + turn.reply_audio.size();
  if (writing_ >= kMaxWriting || writing_bytes_ + bytes > kMaxWritingBytes)
    return counters_.add(ConversationLogEvent::kTurnDropped);
  ++writing_;
  writing_bytes_ += bytes;
  store_.keep(
      executor_,
      [turn = std::move(turn), conversation](store::Store& store) {
        store.conversations().add(turn);
        store.conversations().put(conversation);
      },
      [this, bytes](const Status& status) {
        --writing_;
        writing_bytes_ -= bytes;
        if (!status) counters_.add(ConversationLogEvent::kWriteFailed);
      });
}

void ConversationLog::forget_closed() {
  const SteadyTime now = clock_.now();
  while (!closed_.empty() && (closed_.front().until <= now || closed_.size() > kMaxClosed)) {
    conversations_.erase(closed_.front().session);
    closed_.pop_front();
  }
}

void ConversationLog::write(store::Conversation conversation) {
  store_.keep(
      executor_,
      [conversation = std::move(conversation)](store::Store& store) {
        store.conversations().put(conversation);
      },
      [this](const Status& status) {
        if (!status) counters_.add(ConversationLogEvent::kWriteFailed);
      });
}

}  // namespace earshot::gateway
