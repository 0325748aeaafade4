// Writes a Realtime server's events: ids, names of the dialect, and the frame that carries sound. Pure.
//
// Runs on: its owner's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/json/json.h"
#include "gateway/doors/realtime/realtime_dialect.h"
#include "gateway/doors/realtime/realtime_error.h"

namespace earshot::gateway {

class RealtimeEvents {
 public:
  // `send` takes one event, JSON.
  RealtimeEvents(std::function<void(std::string_view)> send, RealtimeDialect dialect, std::uint64_t seed)
      : send_(std::move(send)), dialect_(dialect), random_(seed) {}

  // `prefix` and 20 characters: "item_...".
  std::string make_id(std::string_view prefix);
  // `type` in GA's words; event_id and type are added.
  void send(std::string_view type, json::object event);
  // `cause`: the client's event_id, if it gave one.
  void send_error(const RealtimeError& error, std::string_view cause = {});
  // response.output_audio.delta, written without a document in between: 20 a second of each reply.
  void send_audio(std::string_view response, std::string_view item, std::size_t output_index, ByteView sound);

  RealtimeDialect dialect() const { return dialect_; }
  bool beta() const { return dialect_ == RealtimeDialect::kBeta; }
  void decide(RealtimeDialect dialect) { dialect_ = dialect; }

 private:
  std::function<void(std::string_view)> send_;
  RealtimeDialect dialect_;
  std::mt19937_64 random_;
};

}  // namespace earshot::gateway
