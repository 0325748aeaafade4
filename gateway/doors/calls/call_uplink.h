// Sound of a client on its way to the worker, with what is said about it in between: in frames, and no faster than a
// worker listens. A client may append a minute at once. Pure.
//
// Bounded: kMaxBytes wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "gateway/doors/calls/call_format.h"
#include "ipc.pb.h"

namespace earshot::gateway {

class CallUplink {
 public:
  static constexpr std::size_t kMaxBytes = 8 * 1024 * 1024;
  static constexpr std::uint32_t kFrameMs = 60;
  // A worker queues 6 s of such frames (worker/hearing/audio_input.h) and hears many times faster than they last.
  static constexpr std::int64_t kBurstMs = 3000;
  static constexpr std::int64_t kSpeed = 6;
  // It queues 100 packets, however short: so many at once, and then 400 a second.
  static constexpr std::int64_t kBurstPackets = 64;
  static constexpr std::int64_t kPacketUs = 2500;

  struct Frame {
    Bytes sound;
    std::int64_t lasting_us = 0;
    std::size_t cost = 0;  // of kMaxBytes
  };
  using Step = std::variant<Frame, ipc::Envelope>;

  explicit CallUplink(SteadyTime now) : at_(now) {}

  // RETURNS: false: too much waits, and none of it is taken.
  // REQUIRES: `format` has samples.
  bool append(ByteView sound, const CallFormat& format);
  // One packet of Opus.
  bool append_packet(ByteView packet, Microseconds lasting);
  // That the client has not appended: it does not count as such.
  // RETURNS: as append().
  // REQUIRES: as append().
  bool append_silence(std::uint32_t ms, const CallFormat& format);
  // Behind the sound so far. In front of a Listen what is less than a frame is filled up with silence.
  void say(ipc::Envelope envelope, const CallFormat& format);
  // In front of the first `listen start` that waits: who listens again has been answered before. Without one, behind all.
  void ask(ipc::Envelope envelope);
  // Forgets all sound that waits, what is said of it, or what the worker is asked to say (Respond, Say).
  void clear();
  // Push-to-talk: sound, and what is said of it, behind the last `listen stop`; or up to it, and with it.
  void forget_unfinished();
  void forget_finished();
  void forget_listens();
  void forget_answers();
  void forget_all();

  // The next that may leave now. `ready`: whether a `listen start` may (it ends the reply that goes on).
  std::optional<Step> next(SteadyTime now, bool ready);
  std::optional<SteadyTime> next_deadline(bool ready) const;

  std::uint64_t appended_ms() const { return appended_us_ / 1000; }  // in the session
  bool empty() const { return steps_.empty(); }
  bool has_start() const;     // a `listen start` waits
  std::size_t stops() const;  // so many `listen stop` wait

 private:
  void refill(SteadyTime now);
  bool is_held(bool ready) const;
  static bool is_start(const Step& step);
  static bool is_stop(const Step& step);
  void forget_speech(std::size_t from, std::size_t to);
  void cut_frames(std::size_t frame_bytes);

  std::deque<Step> steps_;
  Bytes partial_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t appended_us_ = 0;
  std::int64_t left_us_ = kBurstMs * 1000;
  std::int64_t left_packets_us_ = kBurstPackets * kPacketUs;
  SteadyTime at_;
};

}  // namespace earshot::gateway
