#include "bench/turn/abort_run.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/startup_error.h"
#include "common/http/http_client.h"
#include "common/json/json.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kReadyWithin{60'000};
constexpr Milliseconds kTalkWithin{30'000};
constexpr const char* kInterruptAfterMs = "400";

struct Ports {
  // Below the ephemeral range, so that no outgoing connection has them;
  // a clash fails the start, with its name.
  int first = 12'000 + static_cast<int>(random_u32() % 18'000);
  std::string mqtt() const { return std::to_string(first); }
  std::string udp() const { return std::to_string(first + 1); }
  std::string http() const { return std::to_string(first + 2); }
};

void await_ready(e2e::ChildProcess& gateway, const std::string& health_url) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyWithin;
  while (std::chrono::steady_clock::now() < deadline && gateway.running()) {
    const auto answer = http::request("GET", health_url, {}, {}, Milliseconds(1000));
    if (answer && answer->status == 200) return;
    std::this_thread::sleep_for(Milliseconds(50));  // polls another process: there is no event to wait for
  }
  throw StartupError(ExitCode::kBug, "the system did not become ready; its log:\n" + gateway.errors());
}

double abort_once(const AbortPlan& plan, const Ports& ports) {
  const std::string events = plan.folder + "/sim.jsonl";
  e2e::ChildProcess sim(
      {plan.bin + "/earshot-sim", "talk", "--ota", "http://127.0.0.1:" + ports.http() + "/xiaozhi/ota/",
       "--text", "what time is it", "--barge-in-after", kInterruptAfterMs, "--quiet", "--json", events},
      plan.folder + "/sim.out", plan.folder + "/sim.err");
  sim.wait(kTalkWithin);
  std::istringstream lines(e2e::read_file(events));
  for (std::string line; std::getline(lines, line);) {
    const auto event = json::parse_object(line, 1 << 20);
    const json::object* summary = event ? json::find_object(*event, "summary") : nullptr;
    if (summary == nullptr) continue;
    if (const auto stopped = json::find_int(*summary, "barge_in_stop_ms"))
      return static_cast<double>(*stopped);
  }
  throw StartupError(ExitCode::kBug, "an abort was not measured:\n" + sim.output() + sim.errors());
}

}  // namespace

std::vector<double> run_aborts(const AbortPlan& plan) {
  const Ports ports;
  const std::string data = plan.folder + "/data";
  const std::string config = plan.folder + "/worker.yaml";
  std::ofstream(config) << plan.providers_yaml;
  e2e::ChildProcess gateway(
      {plan.bin + "/earshot-gateway", "--set", "data_dir=" + data, "--set", "mqtt.port=" + ports.mqtt(),
       "--set", "udp.port=" + ports.udp(), "--set", "http.port=" + ports.http(), "--set", "workers.spawn=1",
       "--set", "workers.config=" + config},
      plan.folder + "/gateway.out", plan.folder + "/gateway.log");
  await_ready(gateway, "http://127.0.0.1:" + ports.http() + "/healthz");
  std::vector<double> delays;
  for (int i = 0; i < plan.aborts; ++i) delays.push_back(abort_once(plan, ports));
  gateway.signal(SIGTERM);
  gateway.wait(Milliseconds(10'000));
  return delays;
}

}  // namespace earshot::bench
