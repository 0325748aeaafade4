// What a supervised broker needs to know. A plain value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot::broker {

struct BrokerListener {
  std::string address = "127.0.0.1";  // an IP address
  std::uint16_t port = 1883;
};

struct BrokerSettings {
  std::vector<BrokerListener> listeners{BrokerListener{}};  // one at least
  std::filesystem::path run_folder;  // made 0700; configuration and keys go into it, 0600
  std::filesystem::path plugin;      // earshot_broker.so
  std::filesystem::path mosquitto;   // empty: /usr/sbin/mosquitto, else the one in PATH
  Secret device_key;                 // devices' passwords are HMACs under it
  std::string gateway_user = "earshot-gateway";
  Secret gateway_password;  // made new for each run: only the gateway's own link uses it
  // A broker that lives but has let nobody of ours log in for so long is killed. Its link notices a broker that
  // stands still within 10 s, tries again each 8 s at the most, and a log-in takes milliseconds.
  Milliseconds patience{20'000};
  std::uint32_t max_connections = 12'000;  // above the sessions of one shard (session.max_per_shard)
};

}  // namespace earshot::broker
