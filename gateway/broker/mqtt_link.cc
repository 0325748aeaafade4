#include "gateway/broker/mqtt_link.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "common/auth/mqtt_topics.h"
#include "common/base/check.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::broker {

namespace {

// The shortest that libmosquitto takes. A broker that hangs is noticed within twice that, before devices do.
constexpr int kKeepaliveSeconds = 5;
constexpr Milliseconds kFirstReconnectDelay{250};
constexpr Milliseconds kMaxReconnectDelay{8000};
constexpr Milliseconds kStopPatience{1000};
// Only the keepalive waits for it: packets and publishes wake the loop.
constexpr int kLoopMilliseconds = 500;
constexpr int kQos = 0;  // the firmware publishes and is pushed to with QoS 0 (device-protocol 2.1)

spdlog::logger& link_log() {
  static spdlog::logger& logger = log::logger("mqtt");
  return logger;
}

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { mosquitto_lib_init(); });
}

}  // namespace

// Views of one message and its properties, for the time of its callback.
struct MqttLink::Incoming {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  std::string_view response_topic;
  std::string_view correlation;
};

struct MqttLink::Callbacks {
  static MqttLink& link(void* self) { return *static_cast<MqttLink*>(self); }
  static void connected(mosquitto*, void* self, int code) { link(self).handle_connect(code); }
  static void disconnected(mosquitto*, void* self, int reason) { link(self).handle_disconnect(reason); }
  static void subscribed(mosquitto*, void* self, int message_id, int, const int*) {
    link(self).handle_subscribed(message_id);
  }
  static void published(mosquitto*, void* self, int) {
    link(self).pending_pushes_.fetch_sub(1, std::memory_order_relaxed);
  }
  static void message(mosquitto*, void* self, const mosquitto_message* message,
                      const mosquitto_property* properties) {
    Incoming incoming{.topic = message->topic,
                      .payload = {static_cast<const char*>(message->payload),
                                  static_cast<std::size_t>(message->payloadlen)},
                      .retained = message->retain,
                      .response_topic = {},
                      .correlation = {}};
    if (properties == nullptr) return link(self).handle_message(incoming);
    char* topic = nullptr;
    if (mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false) != nullptr) {
      incoming.response_topic = topic;
    }
    void* correlation = nullptr;
    std::uint16_t bytes = 0;
    if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &correlation, &bytes, false) !=
        nullptr) {
      incoming.correlation = {static_cast<const char*>(correlation), bytes};
    }
    link(self).handle_message(incoming);
    std::free(topic);
    std::free(correlation);
  }
};

void MqttLink::Destroy::operator()(mosquitto* handle) const {
  mosquitto_destroy(handle);
}

MqttLink::MqttLink(MqttLinkOptions options, MqttLinkHandlers handlers)
    : options_(std::move(options)), handlers_(std::move(handlers)) {
  init_library();
  handle_.reset(mosquitto_new(options_.client_id.c_str(), /*clean_session=*/true, this));
  if (!handle_) throw StartupError(ExitCode::kBug, "libmosquitto cannot make a client");
  const std::string password(options_.password.reveal());
  mosquitto_username_pw_set(handle_.get(), options_.username.c_str(), password.c_str());
  // A push must not wait for the acknowledgement of the one before it (Nagle): 40 ms against 0.1 ms.
  mosquitto_int_option(handle_.get(), MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_int_option(handle_.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_threaded_set(handle_.get(), true);  // publishes come from other threads than the loop's
  if (!options_.ca_file.empty() && mosquitto_tls_set(handle_.get(), options_.ca_file.c_str(), nullptr,
                                                     nullptr, nullptr, nullptr) != MOSQ_ERR_SUCCESS) {
    throw StartupError(ExitCode::kConfig, "mqtt: the CA file '" + options_.ca_file + "' cannot be used");
  }
  mosquitto_connect_callback_set(handle_.get(), Callbacks::connected);
  mosquitto_disconnect_callback_set(handle_.get(), Callbacks::disconnected);
  mosquitto_subscribe_callback_set(handle_.get(), Callbacks::subscribed);
  mosquitto_publish_callback_set(handle_.get(), Callbacks::published);
  mosquitto_message_v5_callback_set(handle_.get(), Callbacks::message);
}

MqttLink::~MqttLink() {
  stop();
}

void MqttLink::start() {
  EARSHOT_CHECK(!thread_.joinable(), "a link is started once");
  // Makes the loop's wake-up sockets too, which later publishes from other threads write to; so it is called
  // here, once, and never while they may run.
  const int result =
      mosquitto_connect_async(handle_.get(), options_.host.c_str(), options_.port, kKeepaliveSeconds);
  if (result == MOSQ_ERR_INVAL) {
    throw StartupError(ExitCode::kConfig, "mqtt: '" + options_.host + ":" + std::to_string(options_.port) +
                                              "' is not an address to connect to");
  }
  if (result != MOSQ_ERR_SUCCESS) {
    link_log().info("broker not reached yet host={} port={} reason=\"{}\"", options_.host, options_.port,
                    mosquitto_strerror(result));
  }
  thread_ = std::thread([this] { run(); });
}

void MqttLink::stop() {
  if (!thread_.joinable()) return;
  stop_deadline_.store(std::chrono::steady_clock::now() + kStopPatience);
  mosquitto_disconnect(handle_.get());  // after everything queued; wakes the loop
  stop_requested_.release();            // wakes the wait between two connections
  thread_.join();
  connected_.store(false, std::memory_order_release);
}

PushVerdict MqttLink::publish_to_device(std::string_view client_id, std::string_view json) {
  return publish(auth::down_topic(client_id), json, {}, kMaxPendingPushes);
}

PushVerdict MqttLink::publish_receipt(const std::string& topic, std::string_view json,
                                      std::string_view correlation) {
  const PushVerdict verdict = publish(topic, json, correlation, kMaxPendingReceipts);
  if (verdict != PushVerdict::kQueued) receipts_dropped_.fetch_add(1, std::memory_order_relaxed);
  return verdict;
}

PushVerdict MqttLink::publish_event(const std::string& topic, std::string_view json) {
  const PushVerdict verdict = publish(topic, json, {}, kMaxPendingEvents);
  if (verdict != PushVerdict::kQueued) events_dropped_.fetch_add(1, std::memory_order_relaxed);
  return verdict;
}

PushVerdict MqttLink::kick(std::string_view client_id) {
  return publish(std::string(auth::kKickTopic), client_id, {}, kMaxPendingReceipts);
}

PushVerdict MqttLink::publish_operators(std::string_view table) {
  return publish(std::string(auth::kOperatorsTopic), table, {}, kMaxPendingReceipts);
}

PushVerdict MqttLink::publish(const std::string& topic, std::string_view payload,
                              std::string_view correlation, std::int64_t max_pending) {
  if (payload.size() > kMaxMqttPayloadBytes) return PushVerdict::kTooLarge;
  if (!connected()) return PushVerdict::kNotConnected;
  if (pending_pushes_.load(std::memory_order_relaxed) >= max_pending) return PushVerdict::kOverflow;
  mosquitto_property* properties = nullptr;
  if (!correlation.empty()) {
    mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, correlation.data(),
                                  static_cast<std::uint16_t>(correlation.size()));
  }
  pending_pushes_.fetch_add(1, std::memory_order_relaxed);
  const int result =
      mosquitto_publish_v5(handle_.get(), nullptr, topic.c_str(), static_cast<int>(payload.size()),
                           payload.data(), kQos, /*retain=*/false, properties);
  mosquitto_property_free_all(&properties);
  if (result == MOSQ_ERR_SUCCESS) return PushVerdict::kQueued;
  pending_pushes_.fetch_sub(1, std::memory_order_relaxed);
  return PushVerdict::kNotConnected;
}

MqttLink::Drops MqttLink::drops() const {
  return {.too_large = too_large_.load(std::memory_order_relaxed),
          .bad_topic = bad_topic_.load(std::memory_order_relaxed),
          .retained = retained_.load(std::memory_order_relaxed),
          .reply_topic = reply_topic_.load(std::memory_order_relaxed),
          .events = events_dropped_.load(std::memory_order_relaxed),
          .receipts = receipts_dropped_.load(std::memory_order_relaxed)};
}

// libmosquitto has a loop thread of its own (mosquitto_loop_start); it ends for good on errors that pass,
// such as a name that cannot be resolved now or a broker that is not there yet at the first try.
void MqttLink::run() {
  Milliseconds delay = kFirstReconnectDelay;
  while (true) {
    was_connected_ = false;
    serve_connection();
    if (was_connected_) delay = kFirstReconnectDelay;
    if (stop_requested_.try_acquire_for(delay)) return;
    delay = std::min(delay * 2, kMaxReconnectDelay);
    mosquitto_reconnect_async(handle_.get());  // a failure shows in the loop
  }
}

void MqttLink::serve_connection() {
  while (!must_leave() && mosquitto_loop(handle_.get(), kLoopMilliseconds, 1) == MOSQ_ERR_SUCCESS) continue;
}

bool MqttLink::must_leave() const {
  return std::chrono::steady_clock::now() > stop_deadline_.load(std::memory_order_relaxed);
}

void MqttLink::handle_connect(int connack_code) {
  if (connack_code != 0) {
    link_log().error("broker refused the gateway host={} port={} reason=\"{}\"; check its credentials",
                     options_.host, options_.port, mosquitto_reason_string(connack_code));
    return;  // a disconnect follows, and the next try
  }
  // What was queued on the old connection is gone without a callback.
  pending_pushes_.store(0, std::memory_order_relaxed);
  for (const std::string_view topic :
       {auth::kAllOperatorCommands, auth::kEventReadersTopic, auth::kAllUpTopics, auth::kAllPresenceTopics}) {
    mosquitto_subscribe(handle_.get(), &last_subscription_, topic.data(), kQos);
  }
  // After the subscriptions on the same connection, so no change falls between answer and subscription.
  mosquitto_publish(handle_.get(), nullptr, auth::kPresenceQueryTopic.data(), 0, nullptr, kQos,
                    /*retain=*/false);
  pending_pushes_.fetch_add(1, std::memory_order_relaxed);
}

void MqttLink::handle_subscribed(int message_id) {
  if (message_id != last_subscription_ || connected()) return;
  was_connected_ = true;
  connected_.store(true, std::memory_order_release);
  link_log().info("connected to broker host={} port={}", options_.host, options_.port);
  if (handlers_.on_connection) handlers_.on_connection(true);
}

void MqttLink::handle_disconnect(int reason) {
  const bool was_connected = connected_.exchange(false, std::memory_order_acq_rel);
  if (!was_connected) return;  // a try that failed
  if (reason == 0) {
    link_log().info("left the broker");
  } else {
    link_log().warn("lost the broker reason=\"{}\"; devices cannot be reached, reconnecting",
                    mosquitto_strerror(reason));
  }
  if (handlers_.on_connection) handlers_.on_connection(false);
}

void MqttLink::handle_message(const Incoming& message) {
  const auto count = [](std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  };
  if (message.retained) return count(retained_);
  if (message.payload.size() > kMaxMqttPayloadBytes) return count(too_large_);
  if (auth::parse_operator_command_topic(message.topic)) return handle_operator(message);
  if (message.topic == auth::kEventReadersTopic) {
    if (handlers_.on_event_readers) handlers_.on_event_readers(message.payload == auth::kSomebodyReads);
    return;
  }

  const auto up = auth::client_id_of_up_topic(message.topic);
  const auto present = up ? std::nullopt : auth::client_id_of_presence_topic(message.topic);
  const auto client_id = auth::parse_client_id(up ? *up : present.value_or(""));
  // Behind our plugin this is always good; a foreign broker may let anybody publish anywhere.
  if (!client_id) return count(bad_topic_);

  if (up) {
    if (handlers_.on_message) {
      handlers_.on_message(
          {.from = *client_id, .payload = message.payload, .received = std::chrono::steady_clock::now()});
    }
  } else if (handlers_.on_presence) {
    handlers_.on_presence(*client_id, message.payload == auth::kOnline);
  }
}

void MqttLink::handle_operator(const Incoming& message) {
  if (!handlers_.on_operator) return;
  const auto topic = auth::parse_operator_command_topic(message.topic);
  const bool answerable =
      auth::is_reply_topic(message.response_topic) && message.correlation.size() <= kMaxCorrelationBytes;
  if (!answerable && !message.response_topic.empty()) reply_topic_.fetch_add(1, std::memory_order_relaxed);
  handlers_.on_operator({.operator_name = topic->operator_name,
                         .device = topic->device,
                         .payload = message.payload,
                         .response_topic = answerable ? message.response_topic : std::string_view{},
                         .correlation = answerable ? message.correlation : std::string_view{}});
}

}  // namespace earshot::broker
