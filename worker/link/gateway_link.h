// The link to one shard of a gateway: dialled, kept, dialled again for ever;
// and the conversations that live on it.
//
// Runs on: the executor, all methods and handlers.
// Owns: the channel and this shard's conversations, which end with it.
// Borrows: the host, which outlives it. Kept alive by its pending operations.
// Lifecycle: made -> start() -> (dialling -> greeting -> up -> waiting)* -> stop().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/ipc/channel.h"
#include "common/ipc/connect.h"
#include "common/ipc/heartbeat.h"
#include "common/tls/tls_session.h"
#include "worker/conversation/conversation.h"
#include "worker/link/agent_set_reader.h"
#include "worker/link/gateway_targets.h"
#include "worker/link/link_events.h"
#include "worker/link/reconnect_backoff.h"

namespace earshot::worker {

using AgentsDone = std::function<void(ipc::AgentsAccepted)>;

// What a link needs of the worker as a whole. Called on the executor.
class LinkHost {
 public:
  virtual ~LinkHost() = default;
  virtual ipc::WorkerHello hello() const = 0;
  // For one more session of that gateway.
  virtual bool has_room(const std::string& gateway) const = 0;
  // What is shown to gateways; nullopt: nothing, so none can be reached over TLS.
  virtual const std::optional<tls::TlsContext>& tls() const = 0;
  // `gateway`: the id of its hello, the same on the links to all its shards.
  // `from`: what a conversation that this one takes the place of has known.
  virtual Result<std::shared_ptr<Conversation>> converse(const std::string& gateway,
                                                         const ipc::SessionOpen& open, ConversationSink sink,
                                                         const ConversationState& from) = 0;
  // Who may answer that gateway's devices from now on. `done` may be called later, once.
  virtual void take_agents(const std::string& gateway, ipc::AgentSet set, AgentsDone done) = 0;
  virtual void on_hello(const ipc::GatewayHello& hello, const GatewayTarget& from) = 0;
  virtual void on_sessions_changed() = 0;
  virtual LinkCounters& counters() = 0;
};

class GatewayLink : public std::enable_shared_from_this<GatewayLink> {
 public:
  static constexpr Milliseconds kConnectTimeout{3000};
  static constexpr Milliseconds kHelloTimeout{5000};

  static std::shared_ptr<GatewayLink> create(Executor executor, GatewayTarget target, LinkHost& host,
                                             std::uint32_t seed);

  void start();
  void tick(SteadyTime now);  // of all conversations, and of the heartbeat; each GatewayLinks::kTick
  void send_load(const ipc::WorkerLoad& load);
  // Tells the gateway to send no new session, and asks it to move those that are open; what it does not move goes
  // on. The gateway may ask for it as well.
  void drain();
  // The gateway is not to be served any more: the conversations that go on end by themselves, a lost link is not
  // dialled again.
  void retire();
  bool over() const { return retired_ && (stopped_ || !greeted_ || conversations_.empty()); }
  void stop();  // ends all conversations and the link

  bool up() const { return greeted_; }
  const std::string& gateway() const { return gateway_; }  // its id; empty before the first hello
  std::size_t sessions() const { return conversations_.size(); }
  bool busy() const;  // a user waits for an answer, or the gateway may still move a session

 private:
  GatewayLink(Executor executor, GatewayTarget target, LinkHost& host, std::uint32_t seed);
  void dial();
  void on_connected(Result<ipc::Connection> connection);
  void dial_again();
  void lose(const std::string& why);
  void close_conversations();

  void on_envelope(const ipc::Envelope& envelope);
  void on_hello(const ipc::GatewayHello& hello);
  void on_agents(const ipc::AgentSet& part);
  void on_open(std::uint32_t session, const ipc::SessionOpen& open);
  void on_update(std::uint32_t session, const ipc::SessionOpen& open);
  void on_close(std::uint32_t session, bool moved);
  void refuse(std::uint32_t session, const std::string& why);
  ConversationSink sink_for(std::uint32_t session);
  void send_control(const ipc::Envelope& envelope);
  void send_audio(const ipc::Envelope& envelope);

  Executor executor_;
  GatewayTarget target_;
  LinkHost& host_;
  asio::steady_timer redial_;
  ReconnectBackoff backoff_;
  std::shared_ptr<ipc::Channel> channel_;
  std::optional<ipc::Heartbeat> heartbeat_;
  SteadyTime greet_until_{};
  bool greeted_ = false;
  bool draining_ = false;
  bool stopped_ = false;
  bool retired_ = false;
  bool told_unreachable_ = false;  // in the log, once until it is up again
  std::uint64_t pings_ = 0;
  std::string gateway_;  // its id
  AgentSetReader agents_;
  std::unordered_map<std::uint32_t, std::shared_ptr<Conversation>> conversations_;
  std::unordered_set<std::uint32_t> overflown_;  // of them: they were asked to end
};

}  // namespace earshot::worker
