// Writes conversations and their turns to the store, and tells who listens (`turn` events).
//
// Runs on: the gateway's main executor.
// Owns: the conversations that are open, and those that closed within kAfterwards: the report of a last turn
// comes after the goodbye.
// Borrows: store, hub and clock.
// Bounded: kMaxWritingBytes wait for the store, also while a database elsewhere is away; beyond, turns are left
// out and counted: nobody waits for them, and a conversation is not worth the gateway's memory.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/ids.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/live/workers/worker_news.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct ConversationLogConfig {
  bool keep_text = true;
  bool keep_audio = false;
};

enum class ConversationLogEvent {
  kTurn,
  kTurnUnknownSession,
  kTurnDropped,  // the store is too slow
  kWriteFailed,  // and what was written is lost
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(ConversationLogEvent::kCount)>
    kConversationLogEventNames{"conversation_turn", "conversation_turn_unknown_session",
                               "conversation_turn_dropped", "conversation_write_failed"};
using ConversationLogCounters = Counters<ConversationLogEvent, kConversationLogEventNames>;

class ConversationLog {
 public:
  static constexpr Milliseconds kAfterwards{30'000};
  static constexpr std::size_t kMaxClosed = 4096;
  static constexpr std::size_t kMaxWritingBytes = 32 * 1024 * 1024;
  static constexpr std::size_t kMaxWriting = 4096;  // turns

  ConversationLog(Executor executor, store::StoreProxy& store, EventHub& hub, const Clock& clock,
                  ConversationLogConfig config);

  // From now on, for turns that end afterwards.
  void keep(ConversationLogConfig config) { config_ = config; }
  void opened(const DeviceId& device, const SessionId& session, const std::string& worker);
  void closed(const DeviceId& device, const SessionId& session, const std::string& reason);
  void turn_ended(const TurnNews& news);

  const ConversationLogCounters& counters() const { return counters_; }

 private:
  struct Closed {
    std::string session;
    SteadyTime until;
  };

  void forget_closed();
  void write(store::Conversation conversation);

  Executor executor_;
  store::StoreProxy& store_;
  EventHub& hub_;
  const Clock& clock_;
  ConversationLogConfig config_;
  ConversationLogCounters counters_;
  std::unordered_map<std::string, store::Conversation> conversations_;  // by session
  std::deque<Closed> closed_;                                           // of them, the oldest first
  std::size_t writing_ = 0;
  std::size_t writing_bytes_ = 0;
};

}  // namespace earshot::gateway
