// What a supervised broker needs to know. A plain value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

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
  Secret gateway_password;                 // made new for each run: only the gateway's own link uses it
  std::uint32_t max_connections = 12'000;  // above the sessions of one shard (session.max_per_shard)
};

}  // namespace earshot::broker
