#include "gateway/broker/mosquitto_conf.h"

#include <algorithm>
#include <string_view>

#include "gateway/broker/topic_policy.h"

namespace earshot::broker {

namespace {

// Room for the topic and headers beside the largest payload. A larger packet ends its connection before
// anything is allocated for it; a payload between the two limits is dropped by TopicPolicy. (The older
// message_size_limit would read a packet of 256 MB first, and mosquitto complains of it at each start.)
constexpr std::size_t kMaxPacketBytes = kMaxPayloadBytes + 4 * 1024;

constexpr std::string_view kCommon =
    "per_listener_settings false\n"
    "allow_anonymous false\n"
    // mosquitto_pub without -i: an operator, for a device's id names its MAC.
    "allow_zero_length_clientid true\n"
    "auto_id_prefix operator-\n"
    // Nothing outlives a restart: devices connect with clean sessions and say hello again.
    "persistence false\n"
    "persistent_client_expiration 1h\n"
    // The firmware's default is 240 s. 3600 keeps a dead peer 1.5 hours at most; 0 (for ever) is refused.
    "max_keepalive 3600\n"
    "set_tcp_nodelay true\n"
    "sys_interval 0\n"
    "log_dest stderr\n"
    "log_timestamp false\n"
    "log_type error\n"
    "log_type warning\n"
    "connection_messages false\n";

bool fits_on_a_line(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::none_of(text.begin(), text.end(), is_control);
}

}  // namespace

Result<std::string> mosquitto_conf(const BrokerSettings& settings, const ConfFiles& files, bool as_root) {
  if (settings.listeners.empty()) return Error{ErrorCode::kInvalid, "the broker has no listener"};
  for (const auto& path : {settings.plugin, files.device_key, files.gateway_password}) {
    if (!fits_on_a_line(path.string())) {
      return Error{ErrorCode::kInvalid, "the path '" + path.string() + "' cannot stand in mosquitto.conf"};
    }
  }
  if (!fits_on_a_line(settings.gateway_user)) {
    return Error{ErrorCode::kInvalid, "the gateway's user name cannot stand in mosquitto.conf"};
  }

  std::string conf = "# Written by earshot-gateway at each start; changes are lost.\n";
  conf += kCommon;
  conf += "max_packet_size " + std::to_string(kMaxPacketBytes) + "\n";
  // One `online` message a device answers the gateway's presence query: all of them must fit in its queue.
  conf += "max_queued_messages " + std::to_string(settings.max_connections + 1000) + "\n";
  // Started as root, mosquitto would change to the user `mosquitto`, which can read neither the key files
  // nor, usually, the plugin's folder; and the change would clear the parent-death signal that keeps the
  // broker from outliving the gateway. Run the gateway as a plain user, and the broker is one too.
  if (as_root) conf += "user root\n";
  conf += "plugin " + settings.plugin.string() + "\n";
  conf += "plugin_opt_device_key_file " + files.device_key.string() + "\n";
  conf += "plugin_opt_gateway_user " + settings.gateway_user + "\n";
  conf += "plugin_opt_gateway_password_file " + files.gateway_password.string() + "\n";
  for (const BrokerListener& listener : settings.listeners) {
    if (!fits_on_a_line(listener.address) || listener.address.find(' ') != std::string::npos) {
      return Error{ErrorCode::kInvalid, "'" + listener.address + "' is not an address"};
    }
    conf += "listener " + std::to_string(listener.port) + " " + listener.address + "\n";
    conf += "max_connections " + std::to_string(settings.max_connections) + "\n";
  }
  return conf;
}

}  // namespace earshot::broker
