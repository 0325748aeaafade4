// What `earshot-sim load` was asked to do. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/datagram.h"
#include "common/base/clock.h"

namespace earshot::simulator {

enum class LoadKind {
  kDuplex,  // every frame comes back: the server's worker is an echo
  kUp,      // nothing comes back
  kTalk,    // the server speaks to all devices at once, paced; then each interrupts it
};

struct NamedPid {
  // "gateway" is what CPU and session costs are taken from; gateway and broker: idle devices.
  std::string name;
  int pid = 0;
};

struct LoadOptions {
  std::string ota_url = "http://127.0.0.1:8003/xiaozhi/ota/";
  // Sessions without OTA and MQTT, for bench/floor: ssrc 1 to N, all with this key.
  std::string udp_host;
  std::uint16_t udp_port = 0;  // 0: real sessions
  Block key{};

  bool websocket = false;         // instead of MQTT and UDP
  std::optional<int> ws_version;  // of its frames; else what OTA says

  std::size_t devices = 100;
  std::uint64_t seed = 1;  // of the devices' identities, phases and faults
  double seconds = 10;
  double warmup = 2;
  std::size_t payload_bytes = 160;
  LoadKind kind = LoadKind::kDuplex;
  double connect_rate = 0;  // a second; 0: 64 under way at a time
  double loss_percent = 0;  // of what devices send
  Milliseconds jitter{0};   // of what devices send
  bool rebind = false;      // each device gets a new address once
  int hostile = 0;          // for each packet so many of an attacker: unknown ssrc, replay, garbage
  std::vector<NamedPid> pids;
  std::string json_path;  // "-": stdout
  bool quiet = false;
};

}  // namespace earshot::simulator
