// Who may publish, subscribe and read what, and where a publish really goes. Deny by default. Pure; used by
// the broker's plugin, which asks only for clients that LoginPolicy let in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::broker {

// The limit on any payload, for the gateway too. The firmware's largest message of its own is 8.1 kB
// (device-protocol 2.3), but a tool's answer may hold a picture: of a camera's 30 to 100 kB as base64. What
// is larger costs the device its connection, so there is room for those; they are read no further than their
// ids (control_message.h).
inline constexpr std::size_t kMaxPayloadBytes = 128 * 1024;
// Old firmware subscribes once, py-xiaozhi a few times; each subscription costs the broker memory.
inline constexpr int kMaxDeviceSubscriptions = 8;
inline constexpr int kMaxOperatorSubscriptions = 64;
// Of an operator's command topic: a MAC address has 17, but people try names.
inline constexpr std::size_t kMaxDeviceLevelBytes = 64;

struct Publish {
  std::string_view client_id;
  std::string_view topic;
  std::size_t payload_bytes = 0;
  bool retained = false;
};

class TopicPolicy {
 public:
  // A device: its own up topic, and those that stand for it (route()). An operator: `earshot/command/<device>`. A gateway: any
  // device's down topic, what operators read, and its orders to us. Nobody retains: retained messages would
  // pile up in the broker and come back as old news.
  static bool may_publish(const Publish& publish);

  // A device's SUBSCRIBE gets a good SUBACK, because old firmware and py-xiaozhi insist on one, though
  // may_read() lets nothing through to it: what it gets is pushed, once. They name plain topics. A filter with
  // wildcards would make the broker ask may_read() of it for each message of every other device. An operator subscribes to receipts,
  // events and replies, or parts of them.
  // `username`: as it logged in; of an operator it decides whose words he may hear.
  static bool may_subscribe(std::string_view client_id, std::string_view filter, int subscriptions,
                            std::string_view username = {});

  // Asked for each delivery by subscription (a push is not one).
  static bool may_read(std::string_view client_id, std::string_view topic, std::string_view username = {});

  struct Route {
    enum class Kind {
      kAsIs,
      kRewrite,         // it goes to topic `target` instead
      kPush,            // to the one client `target`, subscribed or not
      kAnswerPresence,  // tell the sender who is online
      kKick,            // disconnect the client that the payload names
      kOperators,       // the payload is the new table of operators
    };
    Kind kind = Kind::kAsIs;
    std::string target;
  };
  // REQUIRES: may_publish() said yes. `username`: as it logged in.
  static Route route(std::string_view client_id, std::string_view username, std::string_view topic);
};

}  // namespace earshot::broker
