#include "bench/turn/whole_system.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/startup_error.h"
#include "common/http/http_client.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kReadyWithin{60'000};
constexpr Milliseconds kStoppedWithin{10'000};

void await_ready(e2e::ChildProcess& gateway, const std::string& health_url) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyWithin;
  while (std::chrono::steady_clock::now() < deadline && gateway.running()) {
    const auto answer = http::request("GET", health_url, {}, {}, Milliseconds(1000));
    if (answer && answer->status == 200) return;
    std::this_thread::sleep_for(Milliseconds(50));  // polls another process: there is no event to wait for
  }
  throw StartupError(ExitCode::kBug, "the system did not become ready; its log:\n" + gateway.errors());
}

}  // namespace

WholeSystem::WholeSystem(const std::string& bin, const std::string& folder, const std::string& worker_yaml,
                         bool one_core) {
  // Below the ephemeral range, so that no outgoing connection has them;
  // a clash fails the start, with its name.
  const int port = 12'000 + static_cast<int>(random_u32() % 18'000);
  const std::string http = "http://127.0.0.1:" + std::to_string(port + 2);
  const std::string data = folder + "/data";
  std::error_code ignored;  // of an earlier run; what is left of it shows at the start
  std::filesystem::remove_all(data, ignored);
  const std::string config = folder + "/worker.yaml";
  std::ofstream(config) << worker_yaml;
  ota_url_ = http + "/xiaozhi/ota/";
  std::vector<std::string> command = {bin + "/earshot-gateway",
                                      "--set",
                                      "data_dir=" + data,
                                      "--set",
                                      "mqtt.port=" + std::to_string(port),
                                      "--set",
                                      "udp.port=" + std::to_string(port + 1),
                                      "--set",
                                      "http.port=" + std::to_string(port + 2),
                                      "--set",
                                      "workers.spawn=1",
                                      "--set",
                                      "workers.config=" + config};
  if (one_core) {
    const unsigned last = std::max(1U, std::thread::hardware_concurrency()) - 1;
    command.insert(command.begin(), {"/usr/bin/taskset", "--cpu-list", std::to_string(last)});
  }
  gateway_ = std::make_unique<e2e::ChildProcess>(command, folder + "/gateway.out", folder + "/gateway.log",
                                                 std::map<std::string, std::string>{{kKeyVariable, "none"}});
  await_ready(*gateway_, http + "/healthz");
}

WholeSystem::~WholeSystem() {
  stop();
}

void WholeSystem::stop() {
  gateway_->signal(SIGTERM);
  gateway_->wait(kStoppedWithin);
}

std::string WholeSystem::log() const {
  return gateway_->errors();
}

}  // namespace earshot::bench
