// A whole Earshot from the real binaries on free loopback ports: gateway, its private mosquitto, its workers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/json/json.h"
#include "tests/e2e/child_process.h"

namespace earshot::e2e {

// The build's folder of binaries, from the environment that ctest sets (EARSHOT_BIN).
std::string binary(const std::string& name);
// A folder of this test's own, removed at the end of the process unless a test failed.
std::string scratch_folder();
// Ports that are free, and that no other test is given while this process lives. `count` of them in a row,
// for UDP and TCP alike.
std::uint16_t free_ports(int count = 1);

class System {
 public:
  struct Options {
    int workers = 2;
    int shards = 1;
    std::vector<std::string> gateway_settings = {};  // "key=value", as for --set
    std::string gateway_config = {};                 // YAML of its file; empty: it has none
    std::string worker_config = {};                  // YAML text
  };
  System() : System(Options{}) {}
  explicit System(Options options);  // waits until /healthz says ready; throws with the log's end otherwise
  ~System();                         // stop()

  void stop();  // in order; fails the test when that takes too long
  void
  start();  // after stop(): with the same data on the same ports; waits and throws as the constructor does

  const std::string& ota_url() const { return ota_url_; }
  std::uint16_t mqtt_port() const { return mqtt_port_; }
  std::uint16_t udp_port() const { return udp_port_; }
  std::uint16_t http_port() const { return http_port_; }
  ChildProcess& gateway() { return *gateway_; }
  std::string log() const { return gateway_->errors(); }
  json::object health() const;                           // empty when it does not answer
  std::uint64_t counter(const std::string& name) const;  // 0 when never counted
  std::vector<int> worker_pids() const;
  const std::string& data() const { return data_; }
  std::string gateway_config() const { return data_ + "/gateway.yaml"; }

 private:
  std::string data_;
  std::vector<std::string> command_;
  int workers_;
  std::string ota_url_;
  std::uint16_t mqtt_port_ = 0;
  std::uint16_t udp_port_ = 0;
  std::uint16_t http_port_ = 0;
  std::unique_ptr<ChildProcess> gateway_;
};

}  // namespace earshot::e2e
