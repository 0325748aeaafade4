// One worker's link to one shard: handshake, load, heartbeats, and which sessions the worker has. What the
// worker may not send is counted by name and left out (worker_protocol.h);
// only a missing or bad hello ends the link.
//
// Runs on: the shard's executor, all methods and all handlers. Never calls a handler from inside a method.
// Owns: the channel, its timer. Kept alive by its pending operations until close() or on_lost.
// Lifecycle: made -> start() -> (on_up) -> on_lost or close(), once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/counters.h"
#include "common/base/ids.h"
#include "common/base/ssrc_map.h"
#include "common/ipc/channel.h"
#include "common/ipc/heartbeat.h"
#include "gateway/live/workers/agent_parts.h"
#include "gateway/live/workers/reportable_sessions.h"
#include "gateway/live/workers/worker_leg.h"
#include "gateway/live/workers/worker_pool.h"

namespace earshot::gateway {

enum class WorkerEvent {
  kLinksUp,
  kLinksLost,
  kHelloTimeout,
  kBadHello,
  kBeforeHello,
  kSecondHello,
  kWrongDirection,
  kNoSession,
  kUnknownSession,
  kBadAudio,
  kTextTooLong,
  kMalformed,
  kUnknownBody,
  kAudioUpDropped,
  kMcpUpDropped,     // too much of its session waits for the worker already
  kSessionOverflow,  // a session that would have missed something ended for the same reason
  kTooManyLinks,
  kForeignReport,      // of a session that is another's, or was long ago
  kTlsFailed,          // no TLS, or a certificate that is not taken
  kTooManyHandshakes,  // closed at once
  kForeignName,        // its hello names another worker than its certificate
  kRevoked,            // cut: its certificate is not taken any more
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(WorkerEvent::kCount)>
    kWorkerEventNames = {"worker_links_up",         "worker_links_lost",       "worker_hello_timeout",
                         "worker_bad_hello",        "worker_before_hello",     "worker_second_hello",
                         "worker_wrong_direction",  "worker_no_session",       "worker_unknown_session",
                         "worker_bad_audio",        "worker_text_too_long",    "worker_malformed",
                         "worker_unknown_body",     "worker_audio_up_dropped", "worker_mcp_up_dropped",
                         "worker_session_overflow", "worker_too_many_links",   "worker_foreign_report",
                         "worker_tls_failed",       "worker_tls_too_many",     "worker_foreign_name",
                         "worker_revoked"};
using WorkerCounters = Counters<WorkerEvent, kWorkerEventNames>;

struct WorkerLinkConfig {
  std::string gateway_id;
  std::string version;
  std::uint32_t shard = 0;
  std::vector<std::string> shard_addresses;
  std::vector<std::string> remote_shard_addresses = {};  // the same for workers that came over TLS
  Milliseconds heartbeat{700};                           // silence is noticed after four of them: within 3 s
  Milliseconds hello_timeout{2000};                      // a local worker greets in microseconds
  bool write_in_rounds = false;                          // records wait for flush()
  // Of links without TLS: only who may read our files can be the worker (a Unix socket).
  bool carries_secrets = false;
};

class WorkerLink : public WorkerPort, public std::enable_shared_from_this<WorkerLink> {
  struct Passkey {};

 public:
  struct Nothing {};
  using SessionSet = SsrcMap<Nothing>;
  struct Handlers {
    std::function<void(WorkerLink&)> on_up;    // the hello was good; id() and capacity() are known
    std::function<void(WorkerLink&)> on_load;  // load() or draining() is new: the worker lives
    // An Envelope of a session that this link has; valid during the call only.
    std::function<void(WorkerLink&, Ssrc, const ipc::Envelope&)> on_session;
    std::function<void(WorkerLink&, const ipc::AudioDownView&)> on_audio;  // the same, for each audio frame
    std::function<void(WorkerLink&, const std::string& reason)> on_lost;
    // A TurnReport or SaySpoken, of a session that this link has or had (reportable_sessions.h).
    std::function<void(WorkerLink&, const ipc::Envelope&)> on_report = {};
    std::function<void(WorkerLink&, const ipc::AgentsAccepted&)> on_agents = {};
  };

  // `counters` and `config` outlive the link.
  static std::shared_ptr<WorkerLink> create(ipc::Connection connection, WorkerKey key,
                                            const WorkerLinkConfig& config, WorkerCounters& counters);
  WorkerLink(Passkey, ipc::Connection connection, WorkerKey key, const WorkerLinkConfig& config,
             WorkerCounters& counters);

  void start(Handlers handlers);
  // RETURNS: false: too much waits for the worker already, and it was not asked.
  bool open_session(Ssrc ssrc, const ipc::SessionOpen& open);
  // The worker is told. Later Envelopes of the session are counted as unknown; a SessionOpened among them,
  // too late for the device, is answered with SessionClose.
  // `moved`: another worker goes on with it.
  void close_session(Ssrc ssrc, std::string_view reason, bool moved = false);
  // The worker does not have it, by its own word.
  void forget_session(Ssrc ssrc);
  // Without room an MCP message is left out, and for anything else the session has overflown: never the link ends.
  void send(const ipc::Envelope& control) override;
  void send_audio(const ipc::Envelope& audio) override { channel_->send_audio(audio); }
  // Sessions that have missed something since the last call: they must end.
  std::vector<Ssrc> take_overflown() { return std::exchange(overflown_, {}); }
  void flush() { channel_->flush(); }
  void drain();  // the worker is told to take no new sessions
  // Part by part, each when the one before it has nearly left: a large set takes no session's room. What is
  // still to be sent of an older one is given up.
  void send_agents(AgentParts::Envelopes parts);
  // The worker is not taken any more: on_lost follows.
  void cut(const std::string& reason);
  // No handler is called any more.
  void close();

  WorkerKey key() const { return key_; }
  bool is_up() const { return up_; }
  // Nobody else can read what is sent, and the worker is who it says.
  bool carries_secrets() const { return is_proven() || config_.carries_secrets; }
  const std::string& serial() const { return serial_; }  // of its certificate; empty: it has none
  const std::string& id() const { return hello_.worker_id(); }
  const ipc::WorkerHello& hello() const { return hello_; }
  const ipc::WorkerLoad& load() const { return load_; }
  bool draining() const { return draining_; }
  bool hands_over() const { return hello_.hands_over(); }
  const SessionSet& sessions() const { return sessions_; }

 private:
  void on_envelope(const ipc::Envelope& envelope);
  void on_audio_down(const ipc::AudioDownView& audio);
  void on_hello(const ipc::WorkerHello& hello);
  bool is_proven() const { return !name_.empty(); }
  bool may_report(const ipc::Envelope& report);
  Milliseconds heartbeat() const;
  void arm_timer(SteadyTime when);
  void on_timer();
  void lose(const std::string& reason);
  void take_channel_stats();
  void feed_agents();

  std::shared_ptr<ipc::Channel> channel_;
  asio::steady_timer timer_;
  WorkerKey key_;
  std::string name_;  // by its certificate; empty: it has none
  std::string serial_;
  const WorkerLinkConfig& config_;
  WorkerCounters& counters_;
  Handlers handlers_;
  ipc::Heartbeat heartbeat_;
  ipc::WorkerHello hello_;
  ipc::WorkerLoad load_;
  SessionSet sessions_;
  std::vector<Ssrc> overflown_;
  ReportableSessions reportable_;
  ipc::ChannelStats counted_;  // what of the channel's stats is already in the counters
  bool up_ = false;
  bool draining_ = false;
  AgentParts::Envelopes agents_;  // until all parts were sent
  std::size_t next_part_ = 0;
};

}  // namespace earshot::gateway
