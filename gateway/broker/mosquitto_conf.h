// mosquitto.conf for the supervised broker. Pure.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.h"
#include "gateway/broker/broker_settings.h"

namespace earshot::broker {

struct ConfFiles {
  std::filesystem::path device_key;        // absolute
  std::filesystem::path gateway_password;  // absolute
};

// `as_root`: the broker will run as root.
// Errors: kInvalid for a value that does not fit on a line of its own
// (mosquitto.conf has no quoting), or for no listener.
Result<std::string> mosquitto_conf(const BrokerSettings& settings, const ConfFiles& files, bool as_root);

}  // namespace earshot::broker
