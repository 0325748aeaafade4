#include "gateway/doors/mqtt_udp/mqtt_link.h"

#include <mosquitto.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "common/auth/mqtt_topics.h"
#include "common/base/check.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::doors {

namespace {

// Shorter than any device's, so that a broker that hangs is noticed before the devices notice.
constexpr int kKeepaliveSeconds = 15;
constexpr unsigned kFirstReconnectSeconds = 1;  // libmosquitto counts whole seconds
constexpr unsigned kMaxReconnectSeconds = 8;
constexpr int kQos = 0;  // the firmware publishes and is pushed to with QoS 0 (device-protocol 2.1)

spdlog::logger& link_log() {
  static spdlog::logger& logger = log::logger("gateway.mqtt");
  return logger;
}

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { mosquitto_lib_init(); });
}

}  // namespace

struct MqttLink::Callbacks {
  static MqttLink& link(void* self) { return *static_cast<MqttLink*>(self); }
  static void connected(mosquitto*, void* self, int code) { link(self).handle_connect(code); }
  static void disconnected(mosquitto*, void* self, int reason) { link(self).handle_disconnect(reason); }
  static void published(mosquitto*, void* self, int) {
    link(self).pending_pushes_.fetch_sub(1, std::memory_order_relaxed);
  }
  static void message(mosquitto*, void* self, const mosquitto_message* message) {
    const std::string_view payload(static_cast<const char*>(message->payload),
                                   static_cast<std::size_t>(message->payloadlen));
    link(self).handle_message(message->topic, payload, message->retain);
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
  mosquitto_reconnect_delay_set(handle_.get(), kFirstReconnectSeconds, kMaxReconnectSeconds,
                                /*reconnect_exponential_backoff=*/true);
  if (!options_.ca_file.empty() && mosquitto_tls_set(handle_.get(), options_.ca_file.c_str(), nullptr,
                                                     nullptr, nullptr, nullptr) != MOSQ_ERR_SUCCESS) {
    throw StartupError(ExitCode::kConfig, "mqtt: the CA file '" + options_.ca_file + "' cannot be used");
  }
  mosquitto_connect_callback_set(handle_.get(), Callbacks::connected);
  mosquitto_disconnect_callback_set(handle_.get(), Callbacks::disconnected);
  mosquitto_publish_callback_set(handle_.get(), Callbacks::published);
  mosquitto_message_callback_set(handle_.get(), Callbacks::message);
}

MqttLink::~MqttLink() {
  stop();
}

void MqttLink::start() {
  EARSHOT_CHECK(!started_, "a link is started once");
  // A broker that is not there yet is not an error: the thread goes on trying.
  const int result =
      mosquitto_connect_async(handle_.get(), options_.host.c_str(), options_.port, kKeepaliveSeconds);
  if (result != MOSQ_ERR_SUCCESS) {
    link_log().warn("broker not reached yet host={} port={} reason=\"{}\"", options_.host, options_.port,
                    mosquitto_strerror(result));
  }
  if (mosquitto_loop_start(handle_.get()) != MOSQ_ERR_SUCCESS) {
    throw StartupError(ExitCode::kBug, "libmosquitto cannot start its thread");
  }
  started_ = true;
}

void MqttLink::stop() {
  if (!std::exchange(started_, false)) return;
  mosquitto_disconnect(handle_.get());
  // `force` cancels the thread wherever it is, also in a handler; without it the thread leaves its loop by
  // itself after the disconnect.
  mosquitto_loop_stop(handle_.get(), /*force=*/false);
  connected_.store(false, std::memory_order_release);
}

PushVerdict MqttLink::publish_to_device(std::string_view client_id, std::string_view json) {
  if (json.size() > kMaxMqttPayloadBytes) return PushVerdict::kTooLarge;
  if (!connected()) return PushVerdict::kNotConnected;
  if (pending_pushes_.load(std::memory_order_relaxed) >= kMaxPendingPushes) return PushVerdict::kOverflow;
  pending_pushes_.fetch_add(1, std::memory_order_relaxed);
  const int result = mosquitto_publish(handle_.get(), nullptr, auth::down_topic(client_id).c_str(),
                                       static_cast<int>(json.size()), json.data(), kQos, /*retain=*/false);
  if (result == MOSQ_ERR_SUCCESS) return PushVerdict::kQueued;
  pending_pushes_.fetch_sub(1, std::memory_order_relaxed);
  return PushVerdict::kNotConnected;
}

MqttLink::Drops MqttLink::drops() const {
  return {.too_large = too_large_.load(std::memory_order_relaxed),
          .bad_topic = bad_topic_.load(std::memory_order_relaxed),
          .retained = retained_.load(std::memory_order_relaxed)};
}

void MqttLink::handle_connect(int connack_code) {
  if (connack_code != 0) {
    link_log().error("broker refused the gateway host={} port={} reason=\"{}\"; check mqtt credentials",
                     options_.host, options_.port, mosquitto_connack_string(connack_code));
    return;  // libmosquitto reports a disconnect and tries again
  }
  // What was queued on the old connection is gone without a callback.
  pending_pushes_.store(0, std::memory_order_relaxed);
  for (const std::string_view topic : {auth::kAllUpTopics, auth::kAllPresenceTopics}) {
    mosquitto_subscribe(handle_.get(), nullptr, topic.data(), kQos);
  }
  // After the subscriptions on the same connection, so no change falls between answer and subscription.
  mosquitto_publish(handle_.get(), nullptr, auth::kPresenceQueryTopic.data(), 0, nullptr, kQos,
                    /*retain=*/false);
  pending_pushes_.fetch_add(1, std::memory_order_relaxed);
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

void MqttLink::handle_message(std::string_view topic, std::string_view payload, bool retained) {
  const auto count = [](std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  };
  if (retained) return count(retained_);
  if (payload.size() > kMaxMqttPayloadBytes) return count(too_large_);

  const auto up = auth::client_id_of_up_topic(topic);
  const auto present = up ? std::nullopt : auth::client_id_of_presence_topic(topic);
  const auto client_id = auth::parse_client_id(up ? *up : present.value_or(""));
  // Behind our plugin this is always good; a foreign broker may let anybody publish anywhere.
  if (!client_id) return count(bad_topic_);

  if (up) {
    if (handlers_.on_message) {
      handlers_.on_message(
          {.from = *client_id, .payload = payload, .received = std::chrono::steady_clock::now()});
    }
  } else if (handlers_.on_presence) {
    handlers_.on_presence(*client_id, payload == auth::kOnline);
  }
}

}  // namespace earshot::doors
