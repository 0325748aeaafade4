// The topics between devices, broker and gateway. One place, because four parts must agree: the OTA door
// (publish_topic), the broker's plugin, the gateway's link and the simulator. Pure.
//
//   devices/<client id>/up        device  -> gateway
//   device-server                 device  -> broker: settings of old; the plugin sends it on as the device's
//                                 up topic
//   devices/p2p/<mac>             the same; some tools answer there
//   devices/<client id>/down      gateway -> device, pushed by the plugin without a subscription
//   earshot/presence/<client id>  broker  -> gateway, payload `online` or `offline`
//   earshot/presence-query        gateway -> broker, answered with one `online` message a connected device
//   earshot/event-readers         broker  -> gateway, payload `1` or `0`: whether any operator reads events; on
//                                 each change, and behind the answer to a presence query
//   earshot/kick                  gateway -> broker, payload the client id that is to be disconnected
//   earshot/operators             gateway -> broker, payload who may log in as operator (operator_logins.h)
//
// And those of operators (docs/commands.md):
//
//   earshot/command/<device>                   operator -> broker; the plugin sends it on as the next one
//   earshot/operator/<name>/command/<device>   operator -> gateway
//   earshot/receipt/<device>/<id>              gateway  -> operators
//   earshot/event/<device>/<kind>              gateway  -> operators; without what was said
//   earshot/words/<name>/<device>/<kind>       gateway  -> the one operator <name>, who may hear it: the same,
//                                              with it
//   earshot/reply/...                          gateway  -> operators: MQTT 5 response topics
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace earshot::auth {

inline constexpr std::string_view kDeviceServerTopic = "device-server";
inline constexpr std::string_view kPresenceQueryTopic = "earshot/presence-query";
inline constexpr std::string_view kAllUpTopics = "devices/+/up";
inline constexpr std::string_view kAllPresenceTopics = "earshot/presence/+";
inline constexpr std::string_view kEventReadersTopic = "earshot/event-readers";
inline constexpr std::string_view kKickTopic = "earshot/kick";
inline constexpr std::string_view kOperatorsTopic = "earshot/operators";
inline constexpr std::string_view kAllOperatorCommands = "earshot/operator/+/command/+";
inline constexpr std::string_view kReceipts = "earshot/receipt/";
inline constexpr std::string_view kEvents = "earshot/event/";
inline constexpr std::string_view kWords = "earshot/words/";
inline constexpr std::string_view kReplies = "earshot/reply/";
inline constexpr std::string_view kSomebodyReads = "1";
inline constexpr std::string_view kNobodyReads = "0";
inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

// Client ids of gateways; everybody else is a device.
inline constexpr std::string_view kGatewayClientIdPrefix = "earshot-gateway-";

std::string up_topic(std::string_view client_id);
std::string down_topic(std::string_view client_id);
std::string presence_topic(std::string_view client_id);

std::string operator_command_topic(std::string_view operator_name, std::string_view device);
// The last level of `earshot/command/<device>`, not checked further; nullopt for other topics.
std::optional<std::string_view> device_of_command_topic(std::string_view topic);
struct OperatorCommandTopic {
  std::string_view operator_name;
  std::string_view device;
};
std::optional<OperatorCommandTopic> parse_operator_command_topic(std::string_view topic);
// Whether a topic or filter lies below `earshot/words/<operator_name>/`.
bool is_words_topic_of(std::string_view topic_or_filter, std::string_view operator_name);
// Where an operator may have its answers sent: below earshot/reply/, a plain topic. Attack: somebody names
// another topic and has the gateway, which may publish more than he may, publish there for him.
bool is_reply_topic(std::string_view topic);

// The client id's level of such a topic (never empty, no '/'), not checked further; nullopt for other topics.
std::optional<std::string_view> client_id_of_up_topic(std::string_view topic);
std::optional<std::string_view> client_id_of_down_topic(std::string_view topic);
// The last level of `devices/p2p/<mac>`, not checked further; nullopt for other topics.
std::optional<std::string_view> device_of_p2p_topic(std::string_view topic);
std::optional<std::string_view> client_id_of_presence_topic(std::string_view topic);

}  // namespace earshot::auth
