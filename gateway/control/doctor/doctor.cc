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
  const DoctorSettings& settings = parts_.settings;
  facts_ = {.announce = settings.announce_address,
            .mqtt_listen = settings.mqtt_listen,
            .udp_listen = settings.udp_listen,
            .http_listen = settings.http_listen,
            .broker_is_ours = settings.broker_is_ours,
            .mqtt_port = settings.mqtt_port,
            .udp_buffer_wanted_bytes = settings.udp_buffer_wanted_bytes,
            .broker_connected = parts_.link.connected()};
  ask_shards();
  return true;
}

void Doctor::ask_shards() {
  parts_.shards.stats(parts_.executor, [this, alive = alive_](const std::vector<ShardStats>& shards) {
    if (!*alive) return;
    note_shards(shards);
    try_store();
  });
}

// Each worker serves all shards, so one of them knows what there is to know of it; but it may not have reached all.
void Doctor::note_shards(const std::vector<ShardStats>& shards) {
  facts_.workers =
      std::ranges::min(shards, {}, [](const ShardStats& s) { return s.workers.size(); }).workers.size();
  for (const ShardStats& shard : shards) facts_.sessions += shard.sessions;
  for (const auto& worker : shards.front().workers) {
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

// A transaction that changes nothing still needs the file and its lock.
void Doctor::try_store() {
  parts_.store.write(
      parts_.executor, [](store::Store& store) { store.agents().remove_agent("doctor probe"); },
      [this, alive = alive_](const Status& written) {
        if (!*alive) return;
        if (!written) facts_.store_problem = written.error().message;
        facts_.store_away = parts_.store.stats().away;
        probe_on_thread();
      });
}

void Doctor::probe_on_thread() {
  const DoctorSettings& settings = parts_.settings;
  ProbePlan plan{.data_dir = settings.data_dir,
                 .worker_config = settings.worker_config,
                 .workers_are_ours = settings.workers_are_ours,
                 .mqtt_host = reachable(settings.mqtt_listen),
                 .mqtt_port = settings.mqtt_port,
                 .http_host = reachable(settings.http_listen),
                 .http_port = settings.http_port,
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
  const DoctorSettings& settings = parts_.settings;
  json::array udp_ports;
  for (const std::uint16_t port : settings.udp_ports) udp_ports.emplace_back(port);
  const auto ticket = parts_.path_probe.ticket(parts_.clock.now());
  const auto now = std::chrono::duration_cast<Milliseconds>(parts_.clock.wall().time_since_epoch());
  return {{"checks", std::move(checks)},
          {"now", now.count()},
          {"announce",
           {{"address", settings.announce_address},
            {"http_port", settings.http_port},
            {"http_tls", settings.http_tls},
            {"mqtt_port", settings.mqtt_port},
            {"udp_ports", std::move(udp_ports)}}},
          {"probe", {{"ticket", ticket.expires}, {"key", to_hex(as_bytes(ticket.key.reveal()))}}}};
}

}  // namespace earshot::gateway
