// One conversation of one device, hello to goodbye: the state machine between device, playout and worker. It
// is pure: what it does to the world goes through its two legs, and it knows no wire.
//
// Runs on: the shard's thread.
// Owns: both legs, and the playout.
// Borrows: counters, config and memory, which outlive it.
// Lifecycle: kOpening (made by a hello, a worker is being found) -> opened() -> kOpen -> kOver; refused() and
// every end lead to kOver. kOpen -> kMoving when its worker is lost or leaves: another one is being found, and the
// device notices nothing: what is queued plays, what it says is kept. opened() -> kOpen. In kOver all inputs are ignored; the shard erases it from the table, and tells the
// worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/ipc/audio_record.h"
#include "gateway/live/session/continuity.h"
#include "gateway/live/session/control_rtt.h"
#include "gateway/live/session/device_leg.h"
#include "gateway/live/session/device_tools.h"
#include "gateway/live/session/playout.h"
#include "gateway/live/session/say_verdict.h"
#include "gateway/live/session/session_config.h"
#include "gateway/live/session/session_events.h"
#include "gateway/live/session/session_memory.h"
#include "gateway/live/session/session_remains.h"
#include "gateway/live/shard/timing_wheel.h"
#include "gateway/live/workers/worker_leg.h"
#include "gateway/xiaozhi/control_message.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct SessionIdentity {
  Ssrc ssrc{};
  SessionId id;
  DeviceId device;
  std::string language;    // Accept-Language of the device's last OTA request; empty if unknown
  std::string agent = {};  // who answers; empty: the worker's usual one
};

// What the device's wire says of a frame, 0 where it says nothing.
struct FrameStamp {
  std::uint32_t sequence = 0;
  std::uint32_t timestamp = 0;  // of a device that leaves its echo to us: of the frame that it played
};

class Session {
 public:
  enum class State { kOpening, kOpen, kMoving, kOver };
  // How long speech waits for a device that is away: the firmware reconnects within seconds (trap 11).
  static constexpr Milliseconds kAwayPatience{5000};
  // After so many frames of one sentence, too, it has changed: a quarter of what is reserved (leg_remains.h).
  static constexpr std::uint32_t kKeptAnew = 1024;

  Session(SessionCounters& counters, const SessionConfig& config, SessionIdentity identity,
          const DeviceHello& hello, std::unique_ptr<DeviceLeg> leg, SessionMemory& memory, SteadyTime now);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Goes on where another gateway was, instead of opened(): it moves, and waits for a worker and for its device.
  void go_on_from(const SessionRemains& before, SteadyTime now);
  // What the next gateway goes on from, but for the checkpoint, which is dialogue(); nullopt: it could not.
  std::optional<SessionRemains> remains() const;
  // Whether that has changed since the last call.
  bool take_changed() { return std::exchange(changed_, false); }

  // A worker accepted: the hello is answered, or, of a session that moves, the worker is told what it missed.
  void opened(WorkerLeg worker, SteadyTime now);
  // No worker would: the device is told by an alert, its hello stays without answer. Of a session that moves what is
  // queued is heard before.
  void refused(SteadyTime now);
  // Who answers what its worker asks of the device's tools; outlives it. Before opened().
  void use(DeviceTools* tools) { tools_ = tools; }
  // It goes on with the dialogue of a session that ended so long ago: its last checkpoint. Before it is opened.
  void resume(std::string earlier, Milliseconds ago);
  // From the device: all but a hello, and what is about its tools (device_line.h).
  void told(const DeviceMessage& message, SteadyTime now);
  // What the device's tools answer the worker, or tell it unasked: JSON-RPC.
  void tools_say(std::string_view mcp);
  // The answer to the worker's request `id` came, and nobody can read it.
  void tools_lost(std::int64_t id, ipc::McpUp::Loss how);
  // The control channel there and back, of an answer that a device gives at once.
  void round_trip(Microseconds sample) { control_rtt_.add_sample(sample); }
  // The device is gone without a word (its socket closed): only the worker is told.
  void left(std::string_view reason, SteadyTime now);
  // The broker lost the device, or has it again. Its session lives on for a while: it is back within seconds.
  void presence(bool online, SteadyTime now);
  // Whether it takes frames of the device; counts one that it does not.
  bool hears();
  // From the device: one Opus packet, which lives during the call.
  // REQUIRES: hears().
  void hear(ByteView opus, FrameStamp stamp, SteadyTime now);
  // From the worker, each audio frame. `audio` lives during the call.
  void audio_down(const ipc::AudioDownView& audio, SteadyTime now);
  // From the worker, all else; SessionOpened and SessionRefused are the shard's and not handed in.
  void envelope(const ipc::Envelope& envelope, SteadyTime now);
  // Does what is due: playout, idle end.
  void tick(SteadyTime now);
  // The worker is gone: the session moves, if the worker wrote checkpoints; else silence and goodbye.
  void worker_lost(SteadyTime now);
  // The worker is to be left: its last checkpoint has come, and it will be told.
  // RETURNS: false: it stays with it.
  bool hand_over(SteadyTime now);
  // What the worker was asked to say is said, or will not be.
  void said(const std::string& id) { continuity_.said(id); }
  // To the worker: what the device's notebook holds.
  void tell_notebook(const ipc::Notebook& notebook);
  // To the worker: what is remembered of the device's users.
  void tell_memory(const ipc::MemoryDown& known);
  // To the worker: say this when nobody speaks.
  SayVerdict say(const std::string& id, const std::string& text, SteadyTime now);
  // Its dialogue is not for another session: somebody wants it forgotten.
  void forget_dialogue() { dialogue_ends_ = true; }
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
  bool moving() const { return state_ == State::kMoving; }
  bool wants_worker() const { return moving() && !end_after_playout_; }
  Ssrc ssrc() const { return identity_.ssrc; }
  const SessionId& id() const { return identity_.id; }
  const std::string& agent() const { return identity_.agent; }
  const SessionIdentity& identity() const { return identity_; }
  const DeviceHello& hello() const { return hello_; }
  // What another session of the device goes on with: a checkpoint; empty: there is nothing, or it shall not.
  const std::string& dialogue() const;
  // nullopt: it began with nothing.
  std::optional<Milliseconds> resumed_after() const { return resumed_after_; }
  const DeviceId& device() const { return identity_.device; }
  bool speaking() const { return playout_.speaking(); }
  // The device's microphone is on since; nullopt: it may be silent.
  std::optional<SteadyTime> sends_since() const { return sends_since_; }
  SteadyTime created() const { return created_; }
  bool ended_by_device() const { return ended_by_device_; }    // it said goodbye, or left
  std::string_view end_reason() const { return end_reason_; }  // with kOver, for the log

 private:
  void to_worker(const ipc::Envelope& envelope) { worker_.send(envelope); }
  void on_listen(const DeviceListen& listen, SteadyTime now);
  void on_abort(const DeviceAbort& abort, SteadyTime now);
  void on_speech_start(TurnId turn);
  void on_mcp_down(const ipc::McpDown& mcp, SteadyTime now);
  bool holds_speech_back(SteadyTime now) const;
  // When a device that is to send has been silent for too long; nullopt: it may be silent.
  std::optional<SteadyTime> silence_end() const;
  void tell_turn_ended();
  void tell_state_again();
  void on_session_end(const ipc::SessionEnd& end, SteadyTime now);

  void run_playout(SteadyTime now);
  void send_frame(ByteView opus, SteadyTime now);
  void silence(const Flushed& flushed, bool stop_anyway);
  void report(ipc::PlayoutReport::Event event, const Heard& heard);
  bool live() const { return state_ == State::kOpen || state_ == State::kMoving; }
  void begin_move(SteadyTime now);
  void go_on_with(WorkerLeg worker, SteadyTime now);
  void give_up(std::string_view reason, SteadyTime now);
  void tell_loss();
  void to_worker_kept(const ipc::Envelope& control);
  enum class Tell { kDevice, kNobody };
  void end(Tell whom, std::string_view reason, SteadyTime now);
  ipc::Envelope make_envelope() const;
  void count(SessionEvent event, std::uint64_t n = 1) { counters_.add(event, n); }
  void count(PlayoutVerdict verdict);

  SessionCounters& counters_;
  const SessionConfig& config_;
  SessionMemory& memory_;
  SessionIdentity identity_;
  DeviceHello hello_;
  std::unique_ptr<DeviceLeg> leg_;
  DeviceTools* tools_ = nullptr;
  WorkerLeg worker_;  // empty until opened, and when it is lost
  SteadyTime created_;
  State state_ = State::kOpening;
  std::string end_reason_;
  bool ended_by_device_ = false;

  WheelTimer timer_;
  Continuity continuity_;
  std::optional<ipc::PlayoutReport> pending_report_;  // of what played while it moved
  bool tells_loss_ = false;                           // when it ends
  Playout playout_;
  ControlRtt control_rtt_;
  std::optional<SteadyTime> hello_answered_;  // until the first listen
  ListenMode mode_ = ListenMode::kAuto;
  SteadyTime last_activity_;
  std::optional<SteadyTime> away_since_;        // control messages do not reach the device
  Milliseconds away_patience_ = kAwayPatience;  // so long speech waits for it
  bool awaits_listen_ = false;                // a turn has ended, and the device has not said that it listens
  std::optional<SteadyTime> key_held_since_;  // push-to-talk
  std::optional<SteadyTime> sends_since_;     // its microphone is on; nullopt: it may be silent
  std::optional<SteadyTime> last_heard_;      // any sound of it, silence too
  std::optional<std::string> end_after_playout_;  // the reason
  std::optional<Milliseconds> resumed_after_;
  bool dialogue_ends_ = false;  // with this session
  bool changed_ = false;        // since it was kept
  std::uint32_t frames_sent_ = 0;
};

}  // namespace earshot::gateway
