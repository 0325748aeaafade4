// One thread with its sessions: their UDP socket, their links to every worker, their deadlines. A device
// stays on one shard, so nothing in here is ever shared (ARCHITECTURE 2).
//
// Runs on: its own thread, except construction, start() and stop(), which are the owner's.
// Other threads use proxy().
// Owns: thread, io_context, doors, listener, links, sessions.
// Borrows: the transport, until stop() has returned.
// Lifecycle: made (ports bound) -> start() -> stop() (goodbye to every device, links drained), destroyed.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/ipc/listener.h"
#include "common/log/log_limiter.h"
#include "gateway/doors/mqtt_udp/device_transport.h"
#include "gateway/doors/mqtt_udp/mqtt_udp_door.h"
#include "gateway/live/device/control_queue.h"
#include "gateway/live/device/device_budget.h"
#include "gateway/live/device/device_line.h"
#include "gateway/live/device/early_orders.h"
#include "gateway/live/device/line_host.h"
#include "gateway/live/device/line_table.h"
#include "gateway/live/session/call_table.h"
#include "gateway/live/session/earlier_dialogues.h"
#include "gateway/live/session/recitals.h"
#include "gateway/live/session/session_table.h"
#include "gateway/live/shard/admission_table.h"
#include "gateway/live/shard/departed_sessions.h"
#include "gateway/live/shard/kept_device.h"
#include "gateway/live/shard/round_pacer.h"
#include "gateway/live/shard/shard_events.h"
#include "gateway/live/shard/shard_observer.h"
#include "gateway/live/shard/shard_proxy.h"
#include "gateway/live/shard/shard_stats.h"
#include "gateway/live/shard/timing_wheel.h"
#include "gateway/live/workers/link_door.h"
#include "gateway/live/workers/worker_assignment.h"

namespace earshot::gateway {

struct ShardConfig {
  std::uint32_t index = 0;
  MqttUdpDoorConfig mqtt_udp;
  ipc::Endpoint worker_endpoint;
  std::optional<ipc::Endpoint> remote_endpoint =
      {};  // for workers of other machines, over TLS; none by default
  SessionConfig session;
  PlacementLimits placement;
  WorkerLinkConfig links;
  bool admit_unknown = true;  // devices that nobody told us of (admission: open)
  KeepRecords keep = {};      // for the next gateway; empty: nothing is kept
};

class Shard final : private LineHost {
 public:
  // `observer` outlives it; nullptr: nobody wants to know.
  // Throws StartupError (kBind) when the UDP port or the workers' address cannot be had.
  Shard(ShardConfig config, DeviceTransport& transport, ShardObserver* observer = nullptr);
  ~Shard() override;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Before start(): what the gateway before has kept of this shard's devices. `goes_on`: it ended just now, and its sessions
  // are gone on with; else their devices are told that they are over.
  void take_up(std::vector<KeptDevice> kept, bool goes_on) {
    taken_up_ = std::move(kept);
    goes_on_ = goes_on;
  }

  void start();
  // Instead of goodbye to its devices, stop() leaves their sessions to the next gateway. Before request_stop().
  void leave_sessions() { leaves_sessions_ = true; }
  // request_stop() returns at once; stop() blocks until the thread has ended, at most about a second.
  void request_stop();
  void stop();

  ShardProxy& proxy() { return proxy_; }
  // For doors whose connections are to live on this shard's thread.
  LineHost& line_host() { return *this; }
  // For doors whose callers are no devices.
  CallHost& call_host() { return calls_; }
  Executor executor() { return io_.get_executor(); }
  std::uint16_t udp_port() const { return mqtt_udp_.port(); }
  const ipc::Endpoint& worker_endpoint() const { return config_.worker_endpoint; }
  // Before start(): who answers workers that have a token. Called on the shard's thread.
  void on_join(std::function<void(JoinAsk)> handler) { on_join_ = std::move(handler); }

 private:
  friend class ShardProxy;

  // Called by the proxy, on the shard's thread.
  void accept(ControlQueue::Item item);
  void handle_facts(const DeviceId& device, DeviceFacts facts);
  void handle_forget(const DeviceId& device);
  void handle_forget_dialogue(const DeviceId& device);
  void handle_throw_out(const auth::ClientId& client, std::string_view last_words);
  void handle_close_session(const DeviceId& device, const SessionId& session, std::string_view reason);
  void handle_notebook(const DeviceId& device, const ipc::Notebook& notebook);
  void handle_memory(const DeviceId& device, const SessionId& id, const ipc::MemoryDown& known);
  SayVerdict handle_say(const DeviceId& device, const std::string& id, const std::string& text);
  void handle_recite(Recitals::Wanted wanted, Recitals::Done done);
  bool handle_drain(std::string_view worker);
  void handle_agents(AgentParts parts);
  void handle_session_config(const SessionConfig& config);
  void handle_link_keys(LinkKeysPtr keys);
  ShardStats stats() const;
  std::vector<SessionView> sessions();

  void handle_order(const DeviceId& device, DeviceOrder order, OrderDone done);
  void handle_presence_unknown();

  void line_opened(std::shared_ptr<LineWire> wire) override;
  void line_said(LineWire& wire, const ParsedControl& control, std::string_view payload,
                 SteadyTime received) override;
  void line_closed(LineWire& wire, std::string_view reason) override;
  SessionCounters& line_counters() override { return session_counters_; }
  void end_session_of(DeviceLine& line, std::string_view reason);

  void begin();
  void serve();
  void end();
  void handle_waiting();
  void handle_control(const auth::ClientId& from, std::string_view payload, SteadyTime received);
  void handle_presence(const auth::ClientId& client, bool online);
  void on_placed(Ssrc ssrc, const std::string& worker, WorkerLeg leg);
  void on_worker_report(const ipc::Envelope& envelope);
  // A message of a device that may talk to us, whatever line it came by.
  void handle_message(const LineTable::Line& line, const ParsedControl& control, std::string_view payload,
                      SteadyTime received);
  // The line of a device that is known by its client; makes one where there is none.
  LineTable::Line mqtt_line(const auth::ClientId& client);
  // nullptr: none. It may have lost its place in the table to another client of the device, and still talk.
  LineTable::Line line_of(const auth::ClientId& client);
  // After each input to a line: gives it what waited for it, notes its next deadline, or forgets it when nothing
  // needs it any more.
  void settle_line(DeviceLine& line);
  bool may_talk(const auth::ClientId& from, const ParsedControl& control, SteadyTime now);
  // False: a hello beyond the device's budget.
  bool affords_hello(const auth::ClientId& from, const ParsedControl& control, SteadyTime now);
  bool admit(const auth::ClientId& from, const ParsedControl& control);
  void refuse_message(DeviceLine& line, const ParsedControl& control, std::string_view payload,
                      SteadyTime now);
  void open_session(const LineTable::Line& line, const DeviceHello& hello, SteadyTime now);
  void check_thread() const;
  // After each input to a session: forgets it when it is over, else notes its next deadline.
  void settle(Session& session);
  // Of a session whose worker is gone or is left.
  void find_next_worker(Session& session, std::string_view why);
  void forget_session(Session& session, std::string_view reason);
  // Of a session that ends, for the next one; and of one that begins.
  void keep_dialogue(const Session& session, SteadyTime now);
  void keep_earlier(EarlierDialogues::Dialogue dialogue);
  void resume_dialogue(Session& session, SteadyTime now);
  void note_forgetting(const DeviceId& device, const ipc::MemoryUp& wanted);
  // For the next gateway.
  void note_change(const DeviceId& device);
  KeptDevice what_to_keep(const DeviceId& device, SteadyTime now);
  std::vector<KeptRecord> next_records(std::size_t most, SteadyTime now);
  std::optional<SteadyTime> next_keep() const;
  void keep_round(SteadyTime now);
  // For good: keeps what is unkept, and lets go of these sessions without a word to their devices.
  void leave_all(const std::vector<Ssrc>& sessions);
  // Of the one before.
  void take_up_all();
  bool take_up(const KeptDevice& kept, SteadyTime now);
  void owe_goodbye(const KeptTalk& talk, SteadyTime now);
  void finish_round();
  void arm_timer();

  ShardConfig config_;
  ShardObserver* observer_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  ShardProxy proxy_{*this, io_.get_executor()};
  std::shared_ptr<ipc::Listener> listener_;
  std::shared_ptr<LinkDoor> link_door_;  // null: no remote_endpoint
  std::function<void(JoinAsk)> on_join_;
  SessionCounters session_counters_;
  WorkerCounters worker_counters_;
  ShardCounters counters_;
  TimingWheel wheel_{std::chrono::steady_clock::now()};  // before the sessions, whose timers are on it
  SessionMemory memory_;
  MqttUdpDoor mqtt_udp_;  // before the sessions, whose legs are its
  ShardTools tools_;      // before the lines
  LineTable lines_;       // likewise
  EarlyOrders early_orders_;
  SessionTable table_;
  WorkerAssignment workers_;
  Recitals recitals_;
  CallTable calls_;
  RoundPacer pacer_;
  std::uint64_t frames_paced_ = 0;  // that the pacer was told of
  asio::steady_timer timer_{io_};   // for deadlines, while the shard is quiet
  std::optional<SteadyTime> armed_for_;
  struct Talk {
    LineTable::Line line;
    std::string worker;     // empty until one took it
    bool is_logged = true;  // its begin and its end
  };
  std::unordered_map<DeviceId, Talk> talks_;  // of the devices that have a session
  DepartedSessions departed_;
  EarlierDialogues earlier_;
  std::unordered_set<DeviceId> unkept_;  // changed since they were kept
  std::deque<DeviceId> unkept_order_;    // the same, the longest ago first
  bool keeping_ = false;                 // a batch is with the writer
  SteadyTime keep_at_{};                 // not before
  std::vector<KeptDevice> taken_up_;     // until it begins
  bool goes_on_ = false;
  AdmissionTable admission_{config_.admit_unknown};
  DeviceBudget budget_;
  ControlQueue control_;                  // what came when the round had done enough of it
  SteadyTime::duration control_spent_{};  // in this round
  log::LogLimiter bad_control_log_{5, Milliseconds{60'000}};
  std::thread thread_;
  bool stop_requested_ = false;   // the owner's
  bool leaves_sessions_ = false;  // likewise, until request_stop()
  bool ended_ = false;            // the shard's thread's
};

}  // namespace earshot::gateway
