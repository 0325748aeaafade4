// Tells a user who speaks over the device from the device's own voice in its microphone. Pure.
#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "worker/hearing/speech_level.h"

namespace earshot::worker {

// A device cancels its echo and still leaks: its reply comes back, quieter by a loss that is the same all the
// time, delayed by a second and more (the gateway paces what we sent at once). So nothing is aligned; the
// loudest tenth of a second of what was sent in this reply bounds what can come back:
//
//   threshold = loudest 100 ms of the reply as sent - loss + kMarginDb
//
// A frame counts as the user's when it is voiced and louder than that; three of them within 100 ms begin an
// utterance. The echo alone cannot do that: no 100 ms of it hold more energy than its loudest 100 ms, so
// three frames 4 dB (2.5 times) above that mean would hold 7.5 frames' worth where 5 is the most. The 1.8 dB
// between the two are for what the codec and a quiet room add. A user at -26 dBFS over a reply at -20 dBFS
// that leaks at -40 dBFS is 14 dB louder than the echo and about 6 dB louder than the threshold.
//
// The loss starts at kLeastLossDb (20 dB: what a device with a poor canceller reaches, and what we promise to
// stand) and is learnt from each reply that nobody interrupted: the difference of the two loudest tenths, as
// sent and as heard. It moves by at most kMaxStepDb a reply, within bounds, so that one reply talked over or
// a slammed door does not spoil it. After the reply its rest is still on the way: the guard stays for kTail.
//
// Where the server removes the echo (EchoRemover) what is heard is its rest. As long as there is one that could be
// taken for a user, muted() keeps everybody from being heard over the reply; then the loss is at least what was
// removed.
//
// Runs on: the capture's strand.
// Lifecycle: off -> begin() -> on -> end() -> tail -> off.
class EchoGuard {
 public:
  static constexpr double kLeastLossDb = 20;
  static constexpr double kMarginDb = 4;
  static constexpr double kMaxStepDb = 3;
  static constexpr Milliseconds kTail{400};  // a device's buffer, the network, the room
  // While it is on, so much speech of the user within so much begins an utterance.
  static constexpr Milliseconds kOnset{60};
  static constexpr Milliseconds kOnsetWindow{100};

  void begin(SteadyTime now);           // the device will play a reply
  void raise_reply(double loudest_db);  // its loudest 100 ms that were made so far, dBFS; before begin() too
  void end(SteadyTime now, bool interrupted);

  // Nobody is heard while it is on (half duplex), and nothing learnt.
  void mute() { muted_ = true; }
  void unmute(double least_loss_db);

  // RETURNS: whether the frame of 20 ms is the user's. `voiced`: the detector's word for it.
  bool is_user(double frame_db, bool voiced, SteadyTime now);

  bool on() const { return phase_ != Phase::kOff; }
  double loss_db() const { return loss_db_; }
  void go_on(double loss_db);  // from a loss that was learnt elsewhere, as far as one can be learnt
  double threshold_db() const { return reply_db_ - loss_db_ + kMarginDb; }

 private:
  enum class Phase : std::uint8_t { kOff, kOn, kTail };

  void expire(SteadyTime now);
  void learn();

  Phase phase_ = Phase::kOff;
  bool muted_ = false;
  SteadyTime off_at_;
  double reply_db_ = kSilenceDb;
  double next_reply_db_ = kSilenceDb;  // made while the one before is still on its way
  double loss_db_ = kLeastLossDb;
  SpeechLevel heard_;
  int frames_ = 0;
};

}  // namespace earshot::worker
