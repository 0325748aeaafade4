// The topics between devices, broker and gateway. One place, because four parts must agree: the OTA door
// (publish_topic), the broker's plugin, the gateway's link and the simulator. Pure.
//
//   device-server                 device  -> broker; the plugin rewrites it to the device's up topic
//   devices/<client id>/up        device  -> gateway
//   devices/<client id>/down      gateway -> device, pushed by the plugin without a subscription
//   earshot/presence/<client id>  broker  -> gateway, payload `online` or `offline`
//   earshot/presence-query        gateway -> broker, answered with one `online` message a connected device
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace earshot::auth {

inline constexpr std::string_view kDeviceServerTopic = "device-server";
inline constexpr std::string_view kPresenceQueryTopic = "earshot/presence-query";
inline constexpr std::string_view kAllUpTopics = "devices/+/up";
inline constexpr std::string_view kAllPresenceTopics = "earshot/presence/+";
inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

// Client ids of gateways; everybody else is a device.
inline constexpr std::string_view kGatewayClientIdPrefix = "earshot-gateway-";

std::string up_topic(std::string_view client_id);
std::string down_topic(std::string_view client_id);
std::string presence_topic(std::string_view client_id);

// The client id's level of such a topic (never empty, no '/'), not checked further; nullopt for other topics.
std::optional<std::string_view> client_id_of_up_topic(std::string_view topic);
std::optional<std::string_view> client_id_of_down_topic(std::string_view topic);
std::optional<std::string_view> client_id_of_presence_topic(std::string_view topic);

}  // namespace earshot::auth
