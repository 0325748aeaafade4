// One response of a Realtime session: tells its client, in the order that clients know, what a worker's turn says.
// Pure.
//
//   response.created, then for a message: output_item.added, conversation.item.added, content_part.added, deltas,
//   *.done, content_part.done, conversation.item.done, output_item.done; for a function call: output_item.added,
//   arguments, output_item.done; at the end response.done and rate_limits.updated.
//
// Runs on: its owner's thread.
// Borrows: events, items and settings, which outlive it.
// Lifecycle: made (created is told) -> ... -> finish(), once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "gateway/doors/realtime/realtime_events.h"
#include "gateway/doors/realtime/realtime_items.h"
#include "gateway/doors/realtime/realtime_settings.h"

namespace earshot::gateway {

struct ResponseWish {
  bool silent = false;
  bool aside = false;  // conversation: none
  json::value metadata = nullptr;
};

class RealtimeResponse {
 public:
  enum class End : std::uint8_t { kCompleted, kClientCancelled, kTurnDetected, kFailed };
  struct Usage {
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
  };

  RealtimeResponse(RealtimeEvents& events, RealtimeItems& items, const RealtimeSettings& settings,
                   std::string conversation, ResponseWish wish);
  RealtimeResponse(const RealtimeResponse&) = delete;
  RealtimeResponse& operator=(const RealtimeResponse&) = delete;

  void sentence(std::string_view text);
  void sound(ByteView frame);
  // RETURNS: the call's id.
  std::string call(std::string_view name, std::string_view arguments);
  // `why`: with kFailed, for the client.
  void finish(End end, Usage usage, std::string_view why = {});

  const std::string& id() const { return id_; }
  std::uint64_t sent_ms() const { return message_ ? message_->audio_ms : 0; }

  std::uint32_t tag = 0;   // that the worker was asked with; 0: it decided by itself
  std::uint32_t turn = 0;  // of the worker; 0: it has not begun

 private:
  void open_message();
  void close_message(RealtimeItem::Status status);
  void send_sound();
  json::object place() const;  // response_id, item_id, output_index, content_index
  json::object part() const;
  json::object shown(std::string_view status, json::value details, json::value usage) const;

  RealtimeEvents& events_;
  RealtimeItems& items_;
  const RealtimeSettings& settings_;
  std::string id_;
  std::string conversation_;
  ResponseWish wish_;
  std::optional<RealtimeItem> message_;  // being said
  Bytes sound_;                          // less than a delta
  bool sent_sound_ = false;
  json::array output_;
};

}  // namespace earshot::gateway
