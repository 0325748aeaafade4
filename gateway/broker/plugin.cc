// earshot_broker.so: our plugin in mosquitto (2.0.x, plugin interface 5). It turns the broker's events into
// questions to LoginPolicy, OperatorLogins, TopicPolicy, PresenceTable, PushBudget and UplinkBudget and
// executes the answers; it decides nothing itself.
//
// Runs on: mosquitto's only thread; no callback blocks, reads a payload (but the gateway's orders, and whether
// it is a hello) or throws into C.
// Options: plugin_opt_device_key_file, plugin_opt_gateway_user, plugin_opt_gateway_password_file.
//
// Presence: mosquitto 2.0 has no event for a connection that came, so a good login stands for it; what comes
// after a login in mosquitto (the take-over, CONNACK) either succeeds or ends in a disconnect event. `online`
// is published, not retained: the gateway asks (earshot/presence-query) after it connected. Retained presence
// would leave a message behind for each client id ever seen, and lie after a crash.
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/auth/mqtt_topics.h"
#include "gateway/broker/client_kind.h"
#include "gateway/broker/event_readers.h"
#include "gateway/broker/login_policy.h"
#include "gateway/broker/operator_logins.h"
#include "gateway/broker/presence_table.h"
#include "gateway/broker/push_budget.h"
#include "gateway/broker/topic_policy.h"
#include "gateway/broker/uplink_budget.h"

namespace earshot::broker {
namespace {

constexpr int kPluginInterface = 5;
constexpr std::size_t kMaxSecretBytes = 4096;

struct Plugin {
  LoginPolicy logins;
  OperatorLogins operators;
  PresenceTable presence;
  PushBudget budget;
  UplinkBudget uplink = {};
  EventReaders event_readers = {};
};

std::string_view text_or_empty(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

// The file's content without a line end, as editors leave one. nullopt when it is missing, empty or too long.
std::optional<Secret> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMaxSecretBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty() || text.size() > kMaxSecretBytes) return std::nullopt;
  return Secret(std::move(text));
}

void publish(const char* to_client, const std::string& topic, std::string_view payload) {
  // Without memory the message is lost, as QoS 0 may be; there is nothing better to do with the error.
  mosquitto_broker_publish_copy(to_client, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 0,
                                false, nullptr);
}

int on_operator_login(Plugin& plugin, std::string_view client_id, const mosquitto_evt_basic_auth& event) {
  if (!plugin.operators.check(text_or_empty(event.username), text_or_empty(event.password))) {
    return MOSQ_ERR_AUTH;
  }
  plugin.operators.came(client_id, event.client, text_or_empty(event.username));
  return MOSQ_ERR_SUCCESS;
}

int on_login(Plugin& plugin, mosquitto_evt_basic_auth& event) {
  const std::string_view client_id = text_or_empty(mosquitto_client_id(event.client));
  const ClientKind kind = kind_of(client_id);
  if (kind == ClientKind::kOperator) return on_operator_login(plugin, client_id, event);
  const auto verdict =
      plugin.logins.check(client_id, text_or_empty(event.username), text_or_empty(event.password));
  if (verdict != auth::LoginVerdict::kGood) return MOSQ_ERR_AUTH;  // CONNACK 5 (MQTT 3.1.1)
  if (kind == ClientKind::kGateway) return MOSQ_ERR_SUCCESS;
  // Each login is news for the gateway: one that comes and goes without pause would flood it with presence.
  if (!plugin.uplink.log_in(client_id, std::chrono::steady_clock::now())) return MOSQ_ERR_AUTH;
  plugin.presence.came(client_id, event.client);
  publish(nullptr, auth::presence_topic(client_id), auth::kOnline);
  return MOSQ_ERR_SUCCESS;
}

int on_disconnect(Plugin& plugin, mosquitto_evt_disconnect& event) {
  const std::string_view client_id = text_or_empty(mosquitto_client_id(event.client));
  if (plugin.presence.left(client_id, event.client)) {
    plugin.budget.forget(client_id);
    publish(nullptr, auth::presence_topic(client_id), auth::kOffline);
  }
  plugin.operators.left(client_id, event.client);
  if (plugin.event_readers.left(event.client))
    publish(nullptr, std::string(auth::kEventReadersTopic), auth::kNobodyReads);
  return MOSQ_ERR_SUCCESS;
}

bool is_allowed(const mosquitto_evt_acl_check& event) {
  const std::string_view client_id = text_or_empty(mosquitto_client_id(event.client));
  const std::string_view topic = text_or_empty(event.topic);
  const std::string_view username = text_or_empty(mosquitto_client_username(event.client));
  switch (event.access) {
    case MOSQ_ACL_WRITE:
      return TopicPolicy::may_publish({.client_id = client_id,
                                       .topic = topic,
                                       .payload_bytes = event.payloadlen,
                                       .retained = event.retain});
    case MOSQ_ACL_SUBSCRIBE:
      return TopicPolicy::may_subscribe(client_id, topic, mosquitto_client_sub_count(event.client), username);
    case MOSQ_ACL_UNSUBSCRIBE:
      return true;
    case MOSQ_ACL_READ:
      return TopicPolicy::may_read(client_id, topic, username);
    default:
      return false;
  }
}

void kick(const std::string& client_id) {
  mosquitto_kick_client_by_clientid(client_id.c_str(), /*with_will=*/false);
}

// Whether a device may say this as well; one that goes on though it may not is thrown out. Asked before all
// else, so that what is refused for another reason is not free.
bool affords(Plugin& plugin, const mosquitto_evt_acl_check& event) {
  if (event.access != MOSQ_ACL_WRITE && event.access != MOSQ_ACL_SUBSCRIBE) return true;
  const std::string_view client_id = text_or_empty(mosquitto_client_id(event.client));
  if (kind_of(client_id) != ClientKind::kDevice) return true;
  const std::string_view payload(
      static_cast<const char*>(event.payload),
      event.access == MOSQ_ACL_WRITE && event.payload != nullptr ? std::size_t{event.payloadlen} : 0);
  const auto now = std::chrono::steady_clock::now();
  switch (plugin.uplink.say(client_id, payload, now)) {
    case UplinkBudget::Verdict::kGood:
      return true;
    case UplinkBudget::Verdict::kDrop:
      return false;
    case UplinkBudget::Verdict::kKick:
      break;
  }
  if (plugin.uplink.tell(client_id, now)) {
    mosquitto_log_printf(MOSQ_LOG_WARNING, "earshot_broker: %s floods the broker: disconnected",
                         std::string(client_id).c_str());
  }
  kick(std::string(client_id));
  return false;
}

int on_acl_check(Plugin& plugin, mosquitto_evt_acl_check& event) {
  if (!affords(plugin, event)) return MOSQ_ERR_ACL_DENIED;
  if (!is_allowed(event)) return MOSQ_ERR_ACL_DENIED;
  // A device may subscribe to them, but hears none.
  const std::string_view topic = text_or_empty(event.topic);
  const bool reads_events =
      event.access == MOSQ_ACL_SUBSCRIBE &&
      (topic.starts_with(auth::kEvents) || topic.starts_with(auth::kWords)) &&
      kind_of(text_or_empty(mosquitto_client_id(event.client))) == ClientKind::kOperator;
  if (reads_events && plugin.event_readers.came(event.client))
    publish(nullptr, std::string(auth::kEventReadersTopic), auth::kSomebodyReads);
  return MOSQ_ERR_SUCCESS;
}

// A device that takes more than its budget is thrown out: without its queue it cannot fill the broker's
// memory, and one that only hiccuped comes back.
void push(Plugin& plugin, const std::string& device, const mosquitto_evt_message& event) {
  if (!plugin.presence.is_online(device)) return;
  if (!plugin.budget.take(device, event.payloadlen, std::chrono::steady_clock::now())) {
    mosquitto_log_printf(MOSQ_LOG_WARNING, "earshot_broker: %s does not read what it is sent: disconnected",
                         device.c_str());
    kick(device);
    return;
  }
  publish(device.c_str(), event.topic,
          {static_cast<const char*>(event.payload), std::size_t{event.payloadlen}});
}

void replace_operators(Plugin& plugin, std::string_view table) {
  const auto replaced = plugin.operators.replace(table);
  if (!replaced.accepted) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "earshot_broker: a table of operators that cannot be read");
  }
  for (const std::string& client_id : replaced.thrown_out) kick(client_id);
}

// Under its new topic it goes on as a message of ours, and the original ends here. To change the original's
// topic would be less work, but mosquitto before 2.0.15 then loses the memory of the old one, and freeing that
// here would free it twice from 2.0.15 on.
int send_on(const mosquitto_evt_message& event, const std::string& topic) {
  mosquitto_property* properties = nullptr;  // MQTT 5: an operator's response topic, above all
  if (event.properties != nullptr) {
    const int copied = mosquitto_property_copy_all(&properties, event.properties);
    if (copied != MOSQ_ERR_SUCCESS) return copied;
  }
  const int sent = mosquitto_broker_publish_copy(nullptr, topic.c_str(), static_cast<int>(event.payloadlen),
                                                 event.payload, event.qos, false, properties);
  if (sent != MOSQ_ERR_SUCCESS) {
    mosquitto_property_free_all(&properties);
    return sent;
  }
  // A refusal is not told to its sender at QoS 0. At others it would be, so there the original goes on to its
  // topic, which nobody may read.
  return event.qos == 0 ? MOSQ_ERR_ACL_DENIED : MOSQ_ERR_SUCCESS;
}

// Comes after the ACL check, with the topic that was checked.
int on_message(Plugin& plugin, mosquitto_evt_message& event) {
  const std::string_view client_id = text_or_empty(mosquitto_client_id(event.client));
  const auto route = TopicPolicy::route(client_id, text_or_empty(mosquitto_client_username(event.client)),
                                        text_or_empty(event.topic));
  const std::string_view payload(static_cast<const char*>(event.payload), std::size_t{event.payloadlen});
  using Kind = TopicPolicy::Route::Kind;
  switch (route.kind) {
    case Kind::kAsIs:
      break;
    case Kind::kRewrite:
      return send_on(event, route.target);
    case Kind::kPush:
      push(plugin, route.target, event);
      break;
    case Kind::kAnswerPresence: {
      const std::string to(client_id);
      plugin.presence.visit([&](const std::string& device) {
        publish(to.c_str(), auth::presence_topic(device), auth::kOnline);
      });
      publish(to.c_str(), std::string(auth::kEventReadersTopic),
              plugin.event_readers.any() ? auth::kSomebodyReads : auth::kNobodyReads);
      break;
    }
    case Kind::kKick:
      kick(std::string(payload));
      break;
    case Kind::kOperators:
      replace_operators(plugin, payload);
      break;
  }
  return MOSQ_ERR_SUCCESS;
}

// Makes a C callback of a handler. An exception (out of memory is the only one left) fails the one event.
template <class Event, int (*kHandler)(Plugin&, Event&)>
int callback(int, void* event, void* plugin) {
  try {
    return kHandler(*static_cast<Plugin*>(plugin), *static_cast<Event*>(event));
  } catch (const std::exception& error) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "earshot_broker: event failed: %s", error.what());
    return MOSQ_ERR_NOMEM;
  }
}

struct Subscription {
  int event;
  MOSQ_FUNC_generic_callback function;
};
constexpr Subscription kSubscriptions[] = {
    {MOSQ_EVT_BASIC_AUTH, callback<mosquitto_evt_basic_auth, on_login>},
    {MOSQ_EVT_ACL_CHECK, callback<mosquitto_evt_acl_check, on_acl_check>},
    {MOSQ_EVT_MESSAGE, callback<mosquitto_evt_message, on_message>},
    {MOSQ_EVT_DISCONNECT, callback<mosquitto_evt_disconnect, on_disconnect>},
};

struct Options {
  std::string device_key_file;
  std::string gateway_user;
  std::string gateway_password_file;
};

Options read_options(const mosquitto_opt* options, int count) {
  Options read;
  for (int i = 0; i < count; ++i) {
    const std::string_view key = text_or_empty(options[i].key);
    const std::string_view value = text_or_empty(options[i].value);
    if (key == "device_key_file") read.device_key_file = value;
    if (key == "gateway_user") read.gateway_user = value;
    if (key == "gateway_password_file") read.gateway_password_file = value;
  }
  return read;
}

// nullptr after a logged error.
std::unique_ptr<Plugin> make_plugin(const Options& options) {
  auto device_key = read_secret(options.device_key_file);
  if (!device_key) {
    mosquitto_log_printf(MOSQ_LOG_ERR,
                         "earshot_broker: plugin_opt_device_key_file '%s' is missing, empty or too long",
                         options.device_key_file.c_str());
    return nullptr;
  }
  auto gateway_password = read_secret(options.gateway_password_file);
  if (options.gateway_user.empty() || !gateway_password) {
    mosquitto_log_printf(
        MOSQ_LOG_ERR,
        "earshot_broker: plugin_opt_gateway_user and plugin_opt_gateway_password_file are needed");
    return nullptr;
  }
  return std::make_unique<Plugin>(Plugin{
      .logins = LoginPolicy(std::move(*device_key), options.gateway_user, std::move(*gateway_password)),
      .operators = {},
      .presence = {},
      .budget = {},
      .event_readers = {}});
}

}  // namespace
}  // namespace earshot::broker

extern "C" {

int mosquitto_plugin_version(int supported_version_count, const int* supported_versions) {
  for (int i = 0; i < supported_version_count; ++i) {
    if (supported_versions[i] == earshot::broker::kPluginInterface) return earshot::broker::kPluginInterface;
  }
  return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t* identifier, void** userdata, mosquitto_opt* options,
                          int option_count) {
  using namespace earshot::broker;
  try {
    auto plugin = make_plugin(read_options(options, option_count));
    if (!plugin) return MOSQ_ERR_INVAL;
    for (const Subscription& subscription : kSubscriptions) {
      const int result = mosquitto_callback_register(identifier, subscription.event, subscription.function,
                                                     nullptr, plugin.get());
      if (result != MOSQ_ERR_SUCCESS) return result;
    }
    *userdata = plugin.release();  // back in mosquitto_plugin_cleanup
    return MOSQ_ERR_SUCCESS;
  } catch (const std::exception& error) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "earshot_broker: cannot start: %s", error.what());
    return MOSQ_ERR_UNKNOWN;
  }
}

// The broker is going down and raises no event any more.
int mosquitto_plugin_cleanup(void* userdata, mosquitto_opt*, int) {
  const std::unique_ptr<earshot::broker::Plugin> plugin(static_cast<earshot::broker::Plugin*>(userdata));
  return MOSQ_ERR_SUCCESS;
}

}  // extern "C"
