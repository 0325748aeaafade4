// The calls of one shard, found by ssrc, and when each wants its tick(). Pure.
//
// Runs on: the shard's thread.
// Owns: the callers, until they leave.
// Borrows: the calls, which end themselves before they go.
// Bounded: kMaxCalls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "gateway/live/session/call.h"
#include "gateway/live/session/recitals.h"

namespace earshot::gateway {

class CallTable final : public CallHost {
 public:
  static constexpr std::size_t kMaxCalls = 1000;  // of one shard

  struct Doors {
    std::function<void(Ssrc, const ipc::SessionOpen&, SteadyTime)> open;  // WorkerAssignment's
    std::function<void(const ipc::Envelope&)> send;
    std::function<void(const ipc::Envelope&)> send_audio;
    std::function<void(Ssrc, std::string_view reason)> close;
  };
  explicit CallTable(Doors doors) : doors_(std::move(doors)) {}
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;

  std::optional<Ssrc> begin_call(Call& call, const ipc::SessionOpen& open, SteadyTime now) override;
  void call_says(Ssrc ssrc, ipc::Envelope& envelope) override;
  void call_sends_audio(Ssrc ssrc, ipc::Envelope& audio) override;
  void call_touched(Ssrc ssrc) override;
  void end_call(Ssrc ssrc, std::string_view reason) override;

  bool caller_came(std::shared_ptr<Caller> caller) override;
  void caller_left(const Caller& caller) override;
  // Hangs up all callers.
  void stop(std::string_view reason);

  bool has(Ssrc ssrc) const { return is_call(ssrc) && calls_.contains(ssrc); }
  // From the worker's side.
  // REQUIRES: has(ssrc).
  void placed(Ssrc ssrc, SteadyTime now);
  void given_up(Ssrc ssrc, SteadyTime now);
  void lost(Ssrc ssrc, SteadyTime now);
  void overflown(Ssrc ssrc, SteadyTime now);
  void envelope(const ipc::Envelope& envelope, SteadyTime now);
  void audio(const ipc::AudioDownView& audio, SteadyTime now);

  void tick(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const {
    return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
  }
  std::size_t size() const { return calls_.size(); }

 private:
  struct Entry {
    Call* call;
    std::optional<SteadyTime> deadline;
  };
  static bool is_call(Ssrc ssrc) {
    return number(ssrc) > kLastRecitalSsrc && number(ssrc) <= kLastDevicelessSsrc;
  }
  Call& take(Ssrc ssrc);

  Doors doors_;
  std::unordered_map<Ssrc, Entry> calls_;
  std::set<std::pair<SteadyTime, Ssrc>> deadlines_;
  std::uint32_t last_ = kLastRecitalSsrc;
  std::unordered_map<const Caller*, std::shared_ptr<Caller>> callers_;
  bool stopped_ = false;
};

}  // namespace earshot::gateway
