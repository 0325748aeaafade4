// The worker's side of a call, as the dialects of clients need it: asking for one, what is on its way to it, and what
// it is told of the playing. Pure.
//
//   none -> begin() -> asked -> placed() -> talking; gone() or end() -> none
//
// Runs on: the shard's thread.
// Owns: sound on its way up, and the estimate of what was heard.
// Borrows: the host.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/doors/calls/call_uplink.h"
#include "gateway/doors/calls/heard_estimate.h"
#include "gateway/live/session/call.h"

namespace earshot::gateway {

class CallWorker {
 public:
  // From a `listen stop` to what came of it: a worker gives its recogniser 8 s (asr.timeout_ms). Who has set more may
  // lose words that are followed by others before.
  static constexpr Milliseconds kDecidingPatience{10'000};

  CallWorker(CallHost& host, SteadyTime now) : host_(host), uplink_(now) {}
  CallWorker(const CallWorker&) = delete;
  CallWorker& operator=(const CallWorker&) = delete;

  // RETURNS: false: there are too many calls.
  bool begin(Call& call, const ipc::SessionOpen& open, SteadyTime now);
  void placed() { placed_ = true; }
  void gone();  // what it has not heard of is lost with it
  void end(std::string_view reason);
  bool is_asked() const { return ssrc_.has_value(); }  // it may have come
  bool is_placed() const { return placed_; }

  // At once, when there is one.
  void say(ipc::Envelope envelope);
  void say_listen(ipc::Listen::State state, ipc::Listen::Mode mode);
  // Ends its turn, and what it was to say.
  void abort();
  // Push-to-talk: from a `listen start` that has left to decided(), unless it was asked for something since. It has no
  // turn meanwhile, and an abort would shut its ear.
  bool hears() const { return hears_; }
  // What came of the `listen stop` is known. A `listen start` waits for that: it drops what is not decided.
  void decided();

  CallUplink& uplink() { return uplink_; }
  const CallUplink& uplink() const { return uplink_; }
  HeardEstimate& heard() { return heard_; }

  // Sends what may leave, and reports what was heard meanwhile. `ready`: a `listen start` may leave.
  // RETURNS: a Respond or a Say has left.
  bool pump(SteadyTime now, bool ready);
  // Behind an input that did not come through the host.
  void touched();
  std::optional<SteadyTime> next_deadline(bool ready) const;
  // What the reports count in.
  void set_down_frame_ms(std::uint32_t ms) { down_frame_ms_ = ms; }

 private:
  void report_heard(SteadyTime now);
  void finish_heard(SteadyTime now);
  void forget_hearing();

  CallHost& host_;
  std::optional<Ssrc> ssrc_;
  bool placed_ = false;
  bool hears_ = false;
  std::optional<SteadyTime> decides_until_;
  CallUplink uplink_;
  HeardEstimate heard_;
  ipc::Envelope audio_up_;
  std::uint32_t sequence_ = 0;
  std::uint32_t down_frame_ms_ = 20;
};

}  // namespace earshot::gateway
