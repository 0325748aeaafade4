#include "gateway/control/doctor/doctor.h"

#include <algorithm>
#include <utility>

#include "gateway/control/doctor/checks.h"

namespace earshot::gateway {

namespace {

// Wildcard addresses are for listening; to connect, loopback reaches them.
std::string reachable(const std::string& listen) {
  return listen == "0.0.0.0" ? "127.0.0.1" : listen;
}

}  // namespace

Doctor::Doctor(DoctorParts parts) : parts_(std::move(parts)) {}

Doctor::~Doctor() {
  *alive_ = false;
  if (thread_.joinable()) thread_.join();
}

bool Doctor::examine(Done done) {
  if (waiting_.size() >= kMaxWaiting) return false;
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return true;
  const GatewayConfig& config = parts_.config;
  facts_ = {.announce = config.announce_address,
            .mqtt_listen = config.mqtt.supervised ? config.mqtt.listen : config.mqtt.host,
            .udp_listen = config.udp.listen,
            .http_listen = config.http.listen,
            .broker_is_ours = config.mqtt.supervised,
            .mqtt_port = config.mqtt.port,
            .broker_connected = parts_.link.connected()};
  ask_shards();
  return true;
}

void Doctor::ask_shards() {
  shards_left_ = parts_.shards.size();
  for (ShardProxy* shard : parts_.shards) {
    shard->request_stats(parts_.executor, [this, alive = alive_](const ShardStats& stats) {
      if (!*alive) return;
      const bool first = shards_left_ == parts_.shards.size();
      facts_.workers = first ? stats.workers.size() : std::min(facts_.workers, stats.workers.size());
      if (first) {  // each worker serves all shards
        for (const auto& worker : stats.workers) {
          facts_.capacity += worker.capacity;
          facts_.draining += worker.draining ? 1 : 0;
          for (const auto& trouble : worker.troubles) {
            facts_.troubles.push_back({.worker = worker.id,
                                       .stage = trouble.stage,
                                       .provider = trouble.provider,
                                       .answers_again = trouble.state == ipc::ProviderTrouble::ANSWERS_AGAIN,
                                       .left_alone = trouble.state == ipc::ProviderTrouble::LEFT_ALONE,
                                       .why = trouble.why,
                                       .failed_seconds_ago = trouble.failed_ago.count() / 1000});
          }
        }
      }
      facts_.sessions += stats.sessions;
      if (--shards_left_ == 0) try_store();
    });
  }
}

// A transaction that changes nothing still needs the file and its lock.
void Doctor::try_store() {
  parts_.store.write(
      parts_.executor, [](store::Store& store) { store.agents().remove_agent("doctor probe"); },
      [this, alive = alive_](const Status& written) {
        if (!*alive) return;
        if (!written) facts_.store_problem = written.error().message;
        probe_on_thread();
      });
}

void Doctor::probe_on_thread() {
  const GatewayConfig& config = parts_.config;
  ProbePlan plan{.data_dir = config.data_dir,
                 .worker_config = config.workers.config,
                 .workers_are_ours = config.workers.spawn > 0,
                 .mqtt_host = reachable(config.mqtt.supervised ? config.mqtt.listen : config.mqtt.host),
                 .mqtt_port = config.mqtt.port,
                 .http_host = reachable(config.http.listen),
                 .http_port = config.http.port,
                 .device_key = parts_.device_key};
  if (thread_.joinable()) thread_.join();  // it has posted its result already
  thread_ = std::thread(
      [this, plan = std::move(plan), facts = facts_, alive = alive_, executor = parts_.executor]() mutable {
        probe(plan, facts);
        asio::post(executor, [this, alive, facts = std::move(facts)]() mutable {
          if (*alive) finish(std::move(facts));
        });
      });
}

void Doctor::finish(DoctorFacts facts) {
  if (parts_.forget_doctor_device) parts_.forget_doctor_device();
  const json::object result = answer(facts);
  for (const Done& done : std::exchange(waiting_, {})) done(result);
}

json::object Doctor::answer(const DoctorFacts& facts) const {
  json::array checks;
  for (const Check& check : gateway::examine(facts)) {
    checks.push_back(json::object{{"name", check.name},
                                  {"ok", check.level != CheckLevel::kFail},
                                  {"level", name(check.level)},
                                  {"message", check.message},
                                  {"advice", check.advice}});
  }
  const GatewayConfig& config = parts_.config;
  json::array udp_ports;
  for (std::uint32_t i = 0; i < config.udp.shards; ++i) udp_ports.emplace_back(config.udp.port + i);
  const auto ticket = parts_.path_probe.ticket(parts_.clock.now());
  const auto now = std::chrono::duration_cast<Milliseconds>(parts_.clock.wall().time_since_epoch());
  return {{"checks", std::move(checks)},
          {"now", now.count()},
          {"announce",
           {{"address", config.announce_address},
            {"http_port", config.http.port},
            {"http_tls", config.http.is_secure_port()},
            {"mqtt_port", config.mqtt.port},
            {"udp_ports", std::move(udp_ports)}}},
          {"probe", {{"ticket", ticket.expires}, {"key", to_hex(as_bytes(ticket.key.reveal()))}}}};
}

}  // namespace earshot::gateway
