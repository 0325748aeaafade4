#include "worker/echo/echo_app.h"

#include <unistd.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/asio/asio.h"
#include "common/asio/reload_signal.h"
#include "common/asio/stop_signals.h"
#include "common/service/watchdog.h"
#include "worker/echo/echo_link.h"

namespace earshot::worker {

namespace {

// Every shard that the gateways name.
class EchoLinks {
 public:
  EchoLinks(Executor executor, const WorkerConfig& config) : executor_(std::move(executor)) {
    hello_.set_worker_id(config.id);
    hello_.set_capacity(config.capacity);
    hello_.set_version(EARSHOT_VERSION);
    hello_.set_pid(static_cast<std::uint64_t>(::getpid()));
    tls_ = config.tls;
    for (const auto& endpoint : config.gateways) add(endpoint);
  }
  void stop() {
    for (auto& [address, link] : links_) link->stop();
  }

 private:
  void add(const ipc::Endpoint& endpoint) {
    if (links_.contains(endpoint.text())) return;
    const auto link = EchoLink::create(executor_, endpoint,
                                       {.hello = [this] { return hello_; },
                                        .on_hello =
                                            [this, endpoint](const ipc::GatewayHello& hello) {
                                              for (const std::string& address : hello.shard_addresses()) {
                                                auto shard = ipc::parse_endpoint(address);
                                                if (!shard) continue;
                                                // How we reach the gateway it cannot know.
                                                if (shard->kind == ipc::Endpoint::Kind::kTls)
                                                  shard->host = endpoint.host;
                                                add(*shard);
                                              }
                                            },
                                        .tls = tls_});
    links_.emplace(endpoint.text(), link);
    link->start();
  }

  Executor executor_;
  ipc::WorkerHello hello_;
  std::optional<tls::TlsContext> tls_;
  std::map<std::string, std::shared_ptr<EchoLink>> links_;
};

}  // namespace

int run_echo_worker(const WorkerConfig& config, const ServiceManager& manager) {
  asio::io_context io{1};
  EchoLinks links(io.get_executor(), config);
  const bool of_terminal = has_terminal();
  StopSignals signals(io, of_terminal);
  std::optional<ReloadSignal> reload_signal;
  if (!of_terminal) reload_signal.emplace(io).on_each([] {});  // it has nothing that could change
  Watchdog watchdog(io.get_executor(), manager, [](const Watchdog::Alive& alive) { alive(); });
  watchdog.start();
  manager.ready();
  signals.on_first([&](int) {
    manager.stopping();
    if (reload_signal) reload_signal->close();
    links.stop();
    io.stop();
  });
  io.run();
  return 0;
}

}  // namespace earshot::worker
