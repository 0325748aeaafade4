// How a simulated device reaches its server: control messages and audio, both ways. Two implementations: MQTT with
// encrypted UDP, and WebSocket. A Device drives one.
//
// Runs on: the io_context's thread, handlers too; never from inside a call of ours.
// Lifecycle: start() -> any number of [open() -> begin_audio() -> close()] -> stop().
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bench/simulator/playback_queue.h"
#include "bench/simulator/rule.h"
#include "bench/simulator/run_report.h"
#include "bench/simulator/server_hello.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::simulator {

class Transport {
 public:
  struct Handlers {
    std::function<void()> ready;                         // once: a talk may begin
    std::function<void(const std::string& why)> failed;  // the server cannot be reached
    std::function<void(const std::string& text, SteadyTime arrival)> message;
    std::function<void(SteadyTime arrival, Violations broken)> wire;  // each audio packet, as it arrives
    std::function<void(PlaybackQueue::Frame)> audio;                  // accepted by the device's rules
    std::function<void()> ended;                                      // the server closed the channel
    std::function<void()> reconnected = {};  // the connection for control broke, and is there again
  };

  virtual ~Transport() = default;

  virtual TransportKind kind() const = 0;
  // "version" and "transport" of the hello.
  virtual std::string hello_head() const = 0;
  virtual Status start() = 0;
  virtual void stop() = 0;

  // Before each hello. `done` is called when one can be sent, also from inside; never, if it cannot be: failed().
  virtual void open(std::function<void()> done) = 0;
  // RETURNS: false when there is no connection.
  virtual bool send(const std::string& text) = 0;
  // The server's hello has come.
  // Errors: kUnavailable.
  virtual Status begin_audio(const ServerHello& hello, std::uint64_t seed) = 0;
  virtual void send_audio(ByteView opus) = 0;       // nothing happens without a channel
  virtual void speech_started(SteadyTime now) = 0;  // tts start, as it arrives
  virtual void close() = 0;                         // the channel
  virtual void rest() = 0;  // the device is idle: what is needed for a talk only is given up

  virtual void add_to(LinkCounts& counts) const = 0;
};

}  // namespace earshot::simulator
