// Writes the events of a Coze server: the envelope, ids, what the client subscribed to, and the frame that carries sound.
// Pure.
//
// Runs on: its owner's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/doors/coze/coze_error.h"

namespace earshot::gateway {

class CozeEvents {
 public:
  // `send` takes one event, JSON. `opened`: the time of day at `now`.
  CozeEvents(std::function<void(std::string_view)> send, std::uint64_t seed,
             std::chrono::system_clock::time_point opened, SteadyTime now);

  // Of all that follows.
  void at(SteadyTime now) { now_ = now; }
  // Empty: all. `error` is always told.
  void subscribe(const std::vector<std::string>& types) { subscribed_ = types; }

  // 19 decimal digits, as the service's ids have.
  std::string make_id();
  void send(std::string_view type);
  void send(std::string_view type, const json::object& data);
  void send_error(const CozeError& error);
  // An event whose data has sound, written without a document in between: some 20 a second of each reply. `head` is what
  // stands in the data in front of the sound, in JSON.
  void send_audio(std::string_view type, std::string_view head, ByteView sound);

  std::int64_t unix_seconds() const { return unix_ms() / 1000; }

 private:
  std::int64_t unix_ms() const;
  bool is_wanted(std::string_view type) const;
  std::string envelope(std::string_view type);  // but for its last brace

  std::function<void(std::string_view)> send_;
  std::mt19937_64 random_;
  std::chrono::system_clock::time_point opened_;
  SteadyTime began_;
  SteadyTime now_;
  std::vector<std::string> subscribed_;
  std::string log_id_;
};

}  // namespace earshot::gateway
