// All links of a worker: the gateways it was told of, and the shards that those name.
//
// Runs on: the executor, all methods.
// Owns: the links, one timer for all conversations and look-ups.
// Borrows: the conversations' services through `converse`, until stopped().
// Lifecycle: made -> start() -> stop() -> on_stopped.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/http/name_lookup.h"
#include "common/tls/expiry_warning.h"
#include "worker/link/gateway_link.h"
#include "worker/link/gateway_targets.h"
#include "worker/link/process_load.h"
#include "worker/link/wanted_links.h"

namespace earshot::worker {

struct GatewayLinksConfig {
  std::vector<ipc::Endpoint> gateways;
  std::optional<tls::TlsContext> tls = {};      // for those that are reached over TLS
  std::optional<tls::WallTime> tls_until = {};  // when its certificate expires: told from 30 days before on
  std::string worker_id;
  std::uint32_t capacity = 100;  // sessions, on all links together
  std::string version;
  std::uint64_t pid = 0;
  std::uint32_t threads = 1;          // of the processing pool, for the load report
  Milliseconds drain_patience{3000};  // at stop: for turns that go on
  // Optional: what each report tells beside the load.
  std::function<void(ipc::WorkerLoad&, SteadyTime now)> add_to_report = {};
};

class GatewayLinks final : public LinkHost {
 public:
  // What LinkHost asks for, done by the worker.
  using Converse = std::function<Result<std::shared_ptr<Conversation>>(
      const std::string& gateway, const ipc::SessionOpen&, ConversationSink, const ConversationState& from)>;
  using TakeAgents = std::function<void(const std::string& gateway, ipc::AgentSet, AgentsDone)>;
  static constexpr std::size_t kMaxLinks = 256;  // a gateway with more shards than that does not exist
  // An endpoint that no packet brings (DTX) waits for the next tick: so much of it is our own delay.
  static constexpr Milliseconds kTick{20};

  GatewayLinks(Executor executor, GatewayLinksConfig config, Converse converse, TakeAgents take_agents);

  void start();
  // Takes no new session, lets turns that go on end within drain_patience, then closes everything.
  void stop(std::function<void()> on_stopped);
  void stop_now();

  std::size_t sessions() const;
  std::size_t links_up() const;
  std::uint32_t busy_permille() const { return busy_permille_; }  // of the pool, as reported last

  ipc::WorkerHello hello() const override;
  bool has_room(const std::string& gateway) const override;
  const std::optional<tls::TlsContext>& tls() const override { return config_.tls; }
  Result<std::shared_ptr<Conversation>> converse(const std::string& gateway, const ipc::SessionOpen& open,
                                                 ConversationSink sink,
                                                 const ConversationState& from) override;
  void take_agents(const std::string& gateway, ipc::AgentSet set, AgentsDone done) override;
  void on_hello(const ipc::GatewayHello& hello, const GatewayTarget& from) override;
  void on_sessions_changed() override;
  LinkCounters& counters() override { return counters_; }
  const LinkCounters& counters() const { return counters_; }

 private:
  // A link to one shard of a gateway.
  struct Shard {
    std::shared_ptr<GatewayLink> link;
    std::string gateway;  // the address by which we know of it
  };
  void add(const GatewayTarget& target, const std::string& gateway);
  void look_up(const GatewayTargets::Question& question);
  void found(std::size_t which, const error_code& failure, const http::Endpoints& endpoints);
  void give_up(const GatewayTarget& target);
  void drop_retired();
  void arm();
  void on_tick();
  void warn_of_expiry(SteadyTime now);
  void report_load();
  bool busy() const;

  Executor executor_;
  GatewayLinksConfig config_;
  Converse converse_;
  TakeAgents take_agents_;
  LinkCounters counters_;
  ProcessLoad load_;
  GatewayTargets targets_;
  std::map<std::string, Shard> links_;  // by address
  WantedLinks wanted_;
  std::map<std::size_t, http::NameLookup::Ticket> lookups_;  // those under way
  asio::steady_timer timer_;
  tls::ExpiryWarning expiry_;
  SteadyTime next_report_{};
  std::uint32_t busy_permille_ = 0;
  bool report_pending_ = false;
  std::optional<SteadyTime> stop_at_;
  std::function<void()> on_stopped_;
  bool stopped_ = false;
};

}  // namespace earshot::worker
