#include "bench/simulator/mqtt_driver.h"

#include <mosquitto.h>

#include <atomic>
#include <chrono>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr std::uint16_t kTlsPort = 8883;
constexpr unsigned kReconnectDelay_s = 10;  // esp-mqtt, MQTT_RECON_DEFAULT_MS
constexpr int kMinKeepalive_s = 5;          // libmosquitto refuses less
constexpr int kDefaultKeepalive_s = 120;    // esp-mqtt, for 0

struct Library {
  Library() { mosquitto_lib_init(); }
  ~Library() { mosquitto_lib_cleanup(); }
};

struct Free {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

}  // namespace

struct MqttDriver::Client {
  // What a posted callback needs; it may outlive the Client.
  struct Inbox {
    Handlers handlers;
    bool open = true;  // only touched on the executor's thread
  };

  Client(Executor where, const OtaAnswer::Mqtt& with, Handlers handlers)
      : executor(std::move(where)), settings(with), inbox(std::make_shared<Inbox>()) {
    static Library library;
    inbox->handlers = std::move(handlers);
    handle.reset(mosquitto_new(settings.client_id.c_str(), true, this));
  }

  template <class Event>
  void post(Event event) {
    asio::post(executor, [inbox = inbox, event = std::move(event)] {
      if (inbox->open) event(inbox->handlers);
    });
  }

  // libmosquitto's thread.
  static void on_connect(mosquitto*, void* self, int code) {
    auto& client = *static_cast<Client*>(self);
    if (code == 0) {
      client.connected = true;
      client.post([](const Handlers& handlers) { handlers.connected(); });
    } else {
      client.post([why = std::string(mosquitto_connack_string(code))](const Handlers& handlers) {
        handlers.refused(why);
      });
    }
  }
  static void on_disconnect(mosquitto*, void* self, int) {
    auto& client = *static_cast<Client*>(self);
    if (!client.connected.exchange(false)) return;
    client.post([](const Handlers& handlers) { handlers.lost(); });
  }
  static void on_message(mosquitto*, void* self, const mosquitto_message* message) {
    const SteadyTime arrival = std::chrono::steady_clock::now();
    std::string payload;
    if (message->payload)
      payload.assign(static_cast<const char*>(message->payload),
                     static_cast<std::size_t>(message->payloadlen));
    static_cast<Client*>(self)->post([payload = std::move(payload), arrival](const Handlers& handlers) {
      handlers.message(payload, arrival);
    });
  }

  Executor executor;
  OtaAnswer::Mqtt settings;
  std::shared_ptr<Inbox> inbox;
  std::unique_ptr<mosquitto, Free> handle;
  std::atomic<bool> connected = false;
  bool running = false;
};

MqttDriver::MqttDriver(Executor executor, const OtaAnswer::Mqtt& settings, Handlers handlers)
    : client_(std::make_unique<Client>(std::move(executor), settings, std::move(handlers))) {}

MqttDriver::~MqttDriver() {
  disconnect();
}

Status MqttDriver::connect() {
  mosquitto* handle = client_->handle.get();
  if (!handle) return Error{ErrorCode::kInternal, "libmosquitto cannot make a client"};
  const OtaAnswer::Mqtt& settings = client_->settings;
  mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
  mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_reconnect_delay_set(handle, kReconnectDelay_s, kReconnectDelay_s, false);
  mosquitto_connect_callback_set(handle, Client::on_connect);
  mosquitto_disconnect_callback_set(handle, Client::on_disconnect);
  mosquitto_message_callback_set(handle, Client::on_message);
  const std::string password(settings.password.reveal());
  mosquitto_username_pw_set(handle, settings.username.c_str(), password.c_str());
  if (settings.port == kTlsPort)
    mosquitto_tls_set(handle, nullptr, "/etc/ssl/certs", nullptr, nullptr, nullptr);

  int keepalive_s = settings.keepalive_s > 0 ? settings.keepalive_s : kDefaultKeepalive_s;
  if (keepalive_s < kMinKeepalive_s) keepalive_s = kMinKeepalive_s;
  const int begun = mosquitto_connect_async(handle, settings.host.c_str(), settings.port, keepalive_s);
  if (begun != MOSQ_ERR_SUCCESS) {
    const std::string where = settings.host + ":" + std::to_string(settings.port);
    return Error{ErrorCode::kUnavailable,
                 "cannot connect to MQTT at " + where + ": " +
                     (begun == MOSQ_ERR_ERRNO ? "no connection" : mosquitto_strerror(begun))};
  }
  if (mosquitto_loop_start(handle) != MOSQ_ERR_SUCCESS)
    return Error{ErrorCode::kInternal, "libmosquitto cannot start its thread"};
  client_->running = true;
  return kDone;
}

bool MqttDriver::publish(std::string_view text) {
  return client_->connected &&
         mosquitto_publish(client_->handle.get(), nullptr, client_->settings.publish_topic.c_str(),
                           static_cast<int>(text.size()), text.data(), 0, false) == MOSQ_ERR_SUCCESS;
}

void MqttDriver::disconnect() {
  client_->inbox->open = false;
  if (!client_->running) return;
  client_->running = false;
  mosquitto_disconnect(client_->handle.get());
  // The thread ends after DISCONNECT has left; at worst after one reconnect delay.
  mosquitto_loop_stop(client_->handle.get(), false);
}

}  // namespace earshot::simulator
