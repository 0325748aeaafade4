// One conversation of one device, hello to goodbye: the state machine between device, playout and worker. It
// is pure: what it does to the world goes through SessionPort.
//
// Runs on: the shard's thread.
// Owns: key, audio path and playout of the session.
// Borrows: port, counters, config and memory, which outlive it.
// Lifecycle: kOpening (made by a hello, a worker is being found) -> opened() -> kOpen -> kOver; refused() and
// every end lead to kOver. In kOver all inputs are ignored; the shard erases it from the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/ipc/audio_record.h"
#include "gateway/media/audio_cipher.h"
#include "gateway/media/audio_packet.h"
#include "gateway/session/audio_path.h"
#include "gateway/session/control_message.h"
#include "gateway/session/control_rtt.h"
#include "gateway/session/playout.h"
#include "gateway/session/session_config.h"
#include "gateway/session/session_events.h"
#include "gateway/session/session_memory.h"
#include "gateway/session/session_port.h"
#include "gateway/session/timing_wheel.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct SessionIdentity {
  Ssrc ssrc{};
  SessionId id;
  DeviceId device;
  std::string language;    // Accept-Language of the device's last OTA request; empty if unknown
  std::string agent = {};  // who answers; empty: the worker's usual one
};

class Session {
 public:
  enum class State { kOpening, kOpen, kOver };

  Session(SessionPort& port, SessionCounters& counters, const SessionConfig& config, SessionIdentity identity,
          const AudioKey& key, const DeviceHello& hello, SessionMemory& memory, SteadyTime now);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A worker accepted: the hello is answered.
  void opened(SteadyTime now);
  // No worker would: the device is told by an alert, its hello stays without answer.
  void refused(SteadyTime now);
  // From the device.
  // REQUIRES: `control` is kGood, not a hello, and meant for this session (route_control).
  void control(const ParsedControl& control, SteadyTime now);
  // From the device: an MCP reply that nobody can read.
  void lost_reply(std::int64_t id, ipc::McpUp::Loss how);
  // The broker lost the device, or has it again. Its session lives on for a while: it is back within seconds.
  void presence(bool online, SteadyTime now);
  // REQUIRES: the packet carries this session's ssrc.
  void datagram(const AudioPacket& packet, UdpAddress from, SteadyTime now);
  // From the worker, each audio frame. `audio` lives during the call.
  void audio_down(const ipc::AudioDownView& audio, SteadyTime now);
  // From the worker, all else; SessionOpened and SessionRefused are the shard's and not handed in.
  void envelope(const ipc::Envelope& envelope, SteadyTime now);
  // Does what is due: playout, idle end.
  void tick(SteadyTime now);
  // The worker is gone: silence and goodbye.
  void worker_lost(SteadyTime now);
  // To the worker: say this when nobody speaks.
  // RETURNS: false: not open, about to end, or no address yet.
  bool say(const std::string& id, const std::string& text, SteadyTime now);
  // Ends it with goodbye to the device (shutdown, operator).
  void close(std::string_view reason, SteadyTime now);
  // A new hello of the device replaces it: told to the worker only (device-protocol 3.3).
  void replaced(SteadyTime now);

  // What a worker is asked to take.
  ipc::Envelope open_request() const;
  // When tick() is wanted; nullopt: not at all.
  std::optional<SteadyTime> next_deadline() const;

  // Set by the shard for next_deadline().
  WheelTimer& timer() { return timer_; }

  State state() const { return state_; }
  bool over() const { return state_ == State::kOver; }
  Ssrc ssrc() const { return identity_.ssrc; }
  const SessionId& id() const { return identity_.id; }
  const DeviceId& device() const { return identity_.device; }
  bool speaking() const { return playout_.speaking(); }
  std::optional<UdpAddress> peer() const { return audio_path_.peer(); }
  SteadyTime created() const { return created_; }
  std::string_view end_reason() const { return end_reason_; }  // with kOver, for the log

 private:
  struct McpProbe {
    std::int64_t id;
    SteadyTime sent;
  };

  void on_listen(const DeviceListen& listen, SteadyTime now);
  void on_abort(const DeviceAbort& abort, SteadyTime now);
  void on_device_mcp(const DeviceMcp& mcp, SteadyTime now);
  void on_mcp_down(const ipc::McpDown& mcp, SteadyTime now);
  bool holds_speech_back(SteadyTime now) const;
  void send_tts_stop();
  void on_session_end(const ipc::SessionEnd& end, SteadyTime now);

  void run_playout(SteadyTime now);
  void send_frame(ByteView opus, SteadyTime now);
  void silence(const Flushed& flushed, bool stop_anyway);
  void report(ipc::PlayoutReport::Event event, const Heard& heard);
  enum class Tell { kDevice, kWorker, kBoth };
  void end(Tell whom, std::string_view reason, SteadyTime now);
  ipc::Envelope make_envelope() const;
  void count(SessionEvent event, std::uint64_t n = 1) { counters_.add(event, n); }
  void count(PlayoutVerdict verdict);

  SessionPort& port_;
  SessionCounters& counters_;
  const SessionConfig& config_;
  SessionMemory& memory_;
  SessionIdentity identity_;
  AudioKey key_;
  DeviceHello hello_;
  SteadyTime created_;
  State state_ = State::kOpening;
  std::string end_reason_;

  WheelTimer timer_;
  AudioPath audio_path_;

  Playout playout_;
  ControlRtt control_rtt_;
  std::optional<SteadyTime> hello_answered_;  // until the first listen
  std::optional<McpProbe> mcp_probe_;
  ListenMode mode_ = ListenMode::kAuto;
  SteadyTime last_activity_;
  std::optional<SteadyTime> away_since_;          // control messages do not reach the device
  bool stop_lost_ = false;                        // one of them was a `tts stop`
  std::optional<SteadyTime> key_held_since_;      // push-to-talk
  std::optional<SteadyTime> sends_since_;         // its microphone is on; nullopt: it may be silent
  std::optional<std::string> end_after_playout_;  // the reason
};

}  // namespace earshot::gateway
