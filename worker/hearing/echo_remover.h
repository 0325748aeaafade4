// Takes the device's own voice out of what its microphone hears, for boards that leave this to the server
// (`features.aec`). Pure.
//
// Runs on: the capture's strand.
// Owns: the canceller and the reference.
//
// Such a board writes into each uplink packet the timestamp of a downlink packet that it has just played
// (device-protocol 9): the sound of that frame is in this packet and the next ones. How the two frames lie to each
// other differs from reply to reply by up to one frame, and by what the board buffers, so the canceller has to
// find its filter again in each reply, within half a second. Until it has, converged() is false and nobody is to be
// heard over the reply: the same if the board sends no timestamps, which it does when it is in trouble.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "worker/hearing/echo_reference.h"
#include "worker/hearing/speech_level.h"
#include "worker/hearing/uplink_order.h"
#include "worker/stages/echo_canceller.h"

namespace earshot::worker {

class EchoRemover {
 public:
  // What is left of the echo lies so much below the loudest part of the reply: what converged() means.
  static constexpr double kRemovedDb = 30;

  EchoRemover(EchoReference reference, std::unique_ptr<EchoCanceller> canceller)
      : reference_(std::move(reference)), canceller_(std::move(canceller)) {}

  EchoReference& reference() { return reference_; }

  // `heard` is the packet decoded, or what conceals it; what is no multiple of 10 ms stays as it is.
  // REQUIRES: 16 kHz.
  void clean(const UplinkPacket& packet, std::span<std::int16_t> heard);

  // The device plays a reply from now on: another delay.
  void reply_begins() { lose(); }
  bool converged() const { return converged_; }

 private:
  void lose();
  void follow(const UplinkPacket& packet);
  void judge(double played_db, double left_db);

  EchoReference reference_;
  std::unique_ptr<EchoCanceller> canceller_;
  std::optional<std::int64_t> place_;  // of the next sample played; nullopt: nothing plays
  std::int64_t known_until_ = 0;       // what the device has told of
  int quiet_pieces_ = 0;               // since it plays nothing
  double loudest_db_ = kSilenceDb;
  int loud_ago_ = 0;  // pieces since a loud one was played
  int score_ = 0;
  bool converged_ = false;
};

}  // namespace earshot::worker
