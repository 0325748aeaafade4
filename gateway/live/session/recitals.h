// Texts that workers turn into speech for devices that have no session: each is a session for the worker, with
// one Say and nobody behind it, and over when its speech is there as a whole. Pure: what it does to the world
// goes through its doors.
//
//   begin() ──open──▶ opening ──placed()──▶ speaking ──SpeechEnd──▶ done(Speech)
//                        └─given_up(), lost(), tick() at the deadline, a failed voice──▶ done(Error)
//
// Nothing is paced: the worker is told that what it sent has been played, so that it goes on.
//
// Runs on: the shard's thread.
// Owns: the speech that has come so far.
// Bounded: kMaxRecitals at a time, kMaxBytes of speech each, kPatience.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/ipc/audio_record.h"
#include "gateway/live/session/speech.h"
#include "ipc.pb.h"

namespace earshot::gateway {

// Sessions without a device are numbered below, those of devices above: neither takes the other's ssrc, and no
// datagram finds one without a device.
inline constexpr std::uint32_t kLastRecitalSsrc = 0x7FFF;
inline constexpr std::uint32_t kLastDevicelessSsrc = 0xFFFF;  // between them: calls (call_table.h)

class Recitals {
 public:
  static constexpr std::size_t kMaxRecitals = 32;         // of one shard
  static constexpr std::size_t kMaxBytes = 512 * 1024;    // about two minutes: 24 kbit/s and some
  static constexpr std::size_t kMaxSubtitles = 64;        // of a text of 1 kB
  static constexpr Milliseconds kPatience{60'000};        // for a voice that makes a minute of speech
  static constexpr std::uint32_t kSampleRateHz = 24'000;  // what devices decode (device-protocol 7.2)
  static constexpr Milliseconds kFrameDuration{60};

  struct Doors {
    std::function<void(Ssrc, const ipc::SessionOpen&, SteadyTime)> open;  // WorkerAssignment's
    std::function<void(const ipc::Envelope&)> send;
    std::function<void(Ssrc, std::string_view reason)> close;
  };
  struct Wanted {
    DeviceId device;
    std::string text;
    std::string language;
    std::string agent;
  };
  using Done = std::function<void(Result<Speech>)>;

  explicit Recitals(Doors doors) : doors_(std::move(doors)) {}

  // `done` is called once, also from inside this call.
  // Errors: kTooLarge (too many at a time, too long), kUnavailable (no worker, its voice fails), kTimeout,
  // kCancelled.
  void begin(const Wanted& wanted, SteadyTime now, Done done);
  // Ends all of them.
  void stop();

  bool has(Ssrc ssrc) const { return number(ssrc) <= kLastRecitalSsrc && recitals_.contains(ssrc); }
  // REQUIRES for these: has(ssrc).
  void placed(Ssrc ssrc);
  void given_up(Ssrc ssrc) { fail(ssrc, {ErrorCode::kUnavailable, "no voice worker is free"}); }
  void lost(Ssrc ssrc) { fail(ssrc, {ErrorCode::kUnavailable, "the voice worker is gone"}); }
  void audio(const ipc::AudioDownView& audio);
  void envelope(const ipc::Envelope& envelope);
  // A worker's word on a Say of any session.
  void spoken(const ipc::Envelope& report);

  void tick(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const;
  std::size_t size() const { return recitals_.size(); }

 private:
  struct Recital {
    std::string text;
    Done done;
    SteadyTime deadline{};
    Speech speech{};
    std::uint32_t turn = 0;  // 0: none has begun
    std::uint32_t sentence = 0;
    std::uint32_t frames = 0;
    std::uint32_t told_frames = 0;
  };

  void report_played(Ssrc ssrc, Recital& recital);
  void finish(Ssrc ssrc, Result<Speech> how);
  void fail(Ssrc ssrc, Error why) { finish(ssrc, std::move(why)); }

  Doors doors_;
  std::map<Ssrc, Recital> recitals_;
  std::uint32_t last_ = 0;
};

}  // namespace earshot::gateway
