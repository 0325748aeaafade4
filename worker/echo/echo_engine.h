// The engine `echo`, for measurement: no models, no codec, so that what is measured is the gateway. It
// accepts every session and returns each uplink frame of a device that listens in realtime mode as a live
// frame, undecoded. A typed text `say FRAMES BYTES` (listen detect) is answered by a turn of that many paced
// frames of that size, each with its number in it (bytes 1..4, big-endian, behind an Opus TOC byte); an abort
// ends nothing here, because the gateway has emptied its queue already.
//
// Pure.
// Runs on: one thread.
// Owns: what it knows of each session.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ipc.pb.h"

namespace earshot::worker {

class EchoEngine {
 public:
  // Both get an Envelope that lives during the call only.
  struct Sink {
    std::function<void(const ipc::Envelope&)> control;
    std::function<void(const ipc::Envelope&)> audio;
  };
  static constexpr std::uint32_t kMaxFrames = 1000;  // what the gateway queues for a session
  static constexpr std::uint32_t kMinFrameBytes = 5;
  static constexpr std::uint32_t kMaxFrameBytes = 1276;  // one Opus frame and its TOC byte

  explicit EchoEngine(Sink sink) : sink_(std::move(sink)) {}

  // REQUIRES: an Envelope of a session, from the gateway.
  void on_envelope(const ipc::Envelope& envelope);
  void forget_all() { sessions_.clear(); }
  std::size_t sessions() const { return sessions_.size(); }

 private:
  struct State {
    std::uint32_t turn = 0;  // the last one
    bool realtime = false;
  };
  void echo(std::uint32_t session, const ipc::AudioUp& up);
  void on_listen(std::uint32_t session, const ipc::Listen& listen);
  void say(std::uint32_t session, State& state, std::string_view order);

  Sink sink_;
  std::unordered_map<std::uint32_t, State> sessions_;
  ipc::Envelope audio_;  // reused: a frame costs no allocation
};

}  // namespace earshot::worker
