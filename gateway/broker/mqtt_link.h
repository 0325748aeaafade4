// The gateway's connection to the MQTT broker (MQTT 5): messages of devices and operators in, messages to
// devices, receipts and events for operators out.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "common/base/secret.h"

struct mosquitto;

namespace earshot::broker {

// As our broker lets through (topic_policy.h); larger ones are dropped in both directions (and counted:
// Drops, PushVerdict).
inline constexpr std::size_t kMaxMqttPayloadBytes = 128 * 1024;

struct MqttLinkOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::string client_id = {};  // begins with `earshot-gateway-` for our plugin (topic_policy.h)
  std::string username = {};
  Secret password = {};
  std::string ca_file = {};  // empty: plain TCP; else TLS, the broker's certificate checked against this file
};

// One message of a device. Views end with the handler's call.
struct DeviceMessage {
  const auth::ClientId& from;
  std::string_view payload;  // hostile bytes, at most kMaxMqttPayloadBytes
  SteadyTime received;
};

// A command of an operator, as the broker's plugin names him. Views end with the handler's call.
struct OperatorMessage {
  std::string_view operator_name;
  std::string_view device;          // the topic's level, not checked
  std::string_view payload;         // hostile bytes, at most kMaxMqttPayloadBytes
  std::string_view response_topic;  // MQTT 5; a reply topic (mqtt_topics.h), or empty
  std::string_view correlation;     // MQTT 5; any bytes, at most kMaxCorrelationBytes
};
inline constexpr std::size_t kMaxCorrelationBytes = 256;

// All are called on the link's thread: post to your own executor and return at once. None may throw.
struct MqttLinkHandlers {
  std::function<void(const DeviceMessage&)> on_message = {};
  std::function<void(const OperatorMessage&)> on_operator = {};
  // After on_connection(true) the broker tells who is online now: forget what you knew and believe these.
  std::function<void(const auth::ClientId&, bool online)> on_presence = {};
  // Whether any operator reads events. Our plugin tells; with another broker it is never called.
  std::function<void(bool any)> on_event_readers = {};
  // true: connected and subscribed; false: lost (reconnects by itself).
  std::function<void(bool connected)> on_connection = {};
};

enum class PushVerdict {
  kQueued,        // given to the socket's queue; QoS 0, so not a promise that the device has it
  kNotConnected,  // the link to the broker is down: lost
  kTooLarge,
  kOverflow,  // the broker does not keep up: kMaxPendingPushes wait already
};

// Runs on: a thread of its own, made by start(). publish_to_device() and the queries may be called from any
//   thread, start() and stop() from the owner's only.
// Owns: the thread and the libmosquitto handle.
// Borrows: nothing.
// Lifecycle: new -> start() (connects, and again for ever, 0.25 s to 8 s apart) -> stop() -> destroyed.
class MqttLink {
 public:
  static constexpr std::int64_t kMaxPendingPushes = 4096;
  // When the broker does not keep up, events are dropped first, then messages to devices, receipts last.
  static constexpr std::int64_t kMaxPendingEvents = kMaxPendingPushes / 2;
  static constexpr std::int64_t kMaxPendingReceipts = kMaxPendingPushes * 4;

  // Throws StartupError (kBug) when libmosquitto cannot make a handle, (kConfig) for a bad CA file.
  MqttLink(MqttLinkOptions options, MqttLinkHandlers handlers);
  ~MqttLink();
  MqttLink(const MqttLink&) = delete;
  MqttLink& operator=(const MqttLink&) = delete;

  // Returns at once; a broker that is not there yet is waited for.
  // Throws StartupError (kConfig) for a host or port that can never work.
  void start();
  // Sends what is queued (a shutdown's goodbyes) and leaves: blocks, at most about a second. No handler runs
  // after it returned.
  void stop();

  // Sends `json` to the one device of this client id, whether it subscribed or not (our plugin pushes it).
  // Calls for one device keep their order. Costs one copy and a wake-up of the link's thread.
  PushVerdict publish_to_device(std::string_view client_id, std::string_view json);

  // For operators: to `earshot/receipt/...`, or to a response topic with what it came with.
  // REQUIRES: is_reply_topic() of a response topic.
  PushVerdict publish_receipt(const std::string& topic, std::string_view json,
                              std::string_view correlation = {});
  PushVerdict publish_event(const std::string& topic, std::string_view json);
  // Orders to the broker's plugin: disconnect a client; who may log in as operator (operator_logins.h).
  PushVerdict kick(std::string_view client_id);
  PushVerdict publish_operators(std::string_view table);

  bool connected() const { return connected_.load(std::memory_order_acquire); }

  // Dropped messages from the broker, by reason. Any thread.
  struct Drops {
    std::uint64_t too_large = 0;
    std::uint64_t bad_topic = 0;  // not devices/<a valid client id>/up, presence nor an operator's
    std::uint64_t retained = 0;   // a retained message is old news, and nobody of ours publishes one
    // Response topics that are none of ours: the command is not answered there.
    std::uint64_t reply_topic = 0;
    std::uint64_t events = 0;    // to operators
    std::uint64_t receipts = 0;  // to operators
  };
  Drops drops() const;

 private:
  struct Callbacks;  // libmosquitto's C callbacks

  void run();
  void serve_connection();
  bool must_leave() const;

  void handle_connect(int connack_code);
  void handle_subscribed(int message_id);
  void handle_disconnect(int reason);
  struct Incoming;
  void handle_message(const Incoming& message);
  void handle_operator(const Incoming& message);
  PushVerdict publish(const std::string& topic, std::string_view payload, std::string_view correlation,
                      std::int64_t max_pending);

  const MqttLinkOptions options_;
  const MqttLinkHandlers handlers_;
  struct Destroy {
    void operator()(mosquitto* handle) const;
  };
  std::unique_ptr<mosquitto, Destroy> handle_;
  std::thread thread_;
  int last_subscription_ = 0;   // its acknowledgement makes the link connected; the link's thread only
  bool was_connected_ = false;  // since the last try; the link's thread only
  std::atomic<SteadyTime> stop_deadline_{SteadyTime::max()};
  std::binary_semaphore stop_requested_{0};
  std::atomic<bool> connected_{false};
  std::atomic<std::int64_t> pending_pushes_{0};
  std::atomic<std::uint64_t> too_large_{0};
  std::atomic<std::uint64_t> bad_topic_{0};
  std::atomic<std::uint64_t> retained_{0};
  std::atomic<std::uint64_t> reply_topic_{0};
  std::atomic<std::uint64_t> events_dropped_{0};
  std::atomic<std::uint64_t> receipts_dropped_{0};
};

}  // namespace earshot::broker
