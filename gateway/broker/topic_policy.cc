#include "gateway/broker/topic_policy.h"

#include "common/auth/mqtt_topics.h"
#include "gateway/broker/client_kind.h"
#include "gateway/broker/operator_logins.h"

namespace earshot::broker {

namespace {

constexpr std::string_view kOwnNamespace = "earshot/";

bool is_for_operators(std::string_view topic_or_filter) {
  return topic_or_filter.starts_with(auth::kReceipts) || topic_or_filter.starts_with(auth::kEvents) ||
         topic_or_filter.starts_with(auth::kReplies);
}

// The gateway publishes there only for whom it has granted it.
bool are_own_words(std::string_view topic_or_filter, std::string_view username) {
  return auth::is_words_topic_of(topic_or_filter, OperatorLogins::name_of(username));
}

// Where settings of old tell a device to publish, and where Quectel's chatbot answers tools (to the topic it
// was told to subscribe to): they stand for its up topic.
bool stands_for_up_topic(std::string_view topic, std::string_view client_id) {
  if (topic == auth::kDeviceServerTopic) return true;
  const auto peer = auth::device_of_p2p_topic(topic);
  const auto client = auth::parse_client_id(client_id);
  return peer && client && DeviceId::parse(*peer) == client->device;
}

bool gateway_may_publish(std::string_view topic) {
  return topic == auth::kPresenceQueryTopic || topic == auth::kKickTopic || topic == auth::kOperatorsTopic ||
         is_for_operators(topic) || topic.starts_with(auth::kWords) ||
         auth::client_id_of_down_topic(topic).has_value();
}

// Also what is no MAC address: the gateway tells its sender so. Refused here, it would vanish without a word
// (MQTT 3.1.1 and QoS 0 have no way to say no).
bool operator_may_publish(std::string_view topic) {
  const auto device = auth::device_of_command_topic(topic);
  return device && !device->empty() && device->size() <= kMaxDeviceLevelBytes;
}

}  // namespace

bool TopicPolicy::may_publish(const Publish& publish) {
  if (publish.retained || publish.payload_bytes > kMaxPayloadBytes) return false;
  switch (kind_of(publish.client_id)) {
    case ClientKind::kGateway:
      return gateway_may_publish(publish.topic);
    case ClientKind::kOperator:
      return operator_may_publish(publish.topic);
    case ClientKind::kDevice:
      return auth::client_id_of_up_topic(publish.topic) == publish.client_id ||
             stands_for_up_topic(publish.topic, publish.client_id);
  }
  return false;
}

bool TopicPolicy::may_subscribe(std::string_view client_id, std::string_view filter, int subscriptions,
                                std::string_view username) {
  switch (kind_of(client_id)) {
    case ClientKind::kGateway:
      return filter.starts_with(kOwnNamespace) || auth::client_id_of_up_topic(filter).has_value();
    case ClientKind::kOperator:
      return (is_for_operators(filter) || are_own_words(filter, username)) &&
             subscriptions < kMaxOperatorSubscriptions;
    case ClientKind::kDevice:
      // `$share/..` would take its turn among real readers and lose their messages.
      return !filter.starts_with('$') && filter.find_first_of("+#") == std::string_view::npos &&
             subscriptions < kMaxDeviceSubscriptions;
  }
  return false;
}

bool TopicPolicy::may_read(std::string_view client_id, std::string_view topic, std::string_view username) {
  switch (kind_of(client_id)) {
    case ClientKind::kGateway:
      return topic.starts_with(kOwnNamespace) || auth::client_id_of_up_topic(topic).has_value();
    case ClientKind::kOperator:
      return is_for_operators(topic) || are_own_words(topic, username);
    case ClientKind::kDevice:
      return false;
  }
  return false;
}

TopicPolicy::Route TopicPolicy::route(std::string_view client_id, std::string_view username,
                                      std::string_view topic) {
  switch (kind_of(client_id)) {
    case ClientKind::kDevice:
      if (auth::client_id_of_up_topic(topic) == client_id) return {};
      if (stands_for_up_topic(topic, client_id)) return {Route::Kind::kRewrite, auth::up_topic(client_id)};
      return {};
    case ClientKind::kOperator:
      // Who it was: the gateway cannot see it otherwise.
      if (const auto device = auth::device_of_command_topic(topic)) {
        return {Route::Kind::kRewrite,
                auth::operator_command_topic(OperatorLogins::name_of(username), *device)};
      }
      return {};
    case ClientKind::kGateway:
      if (topic == auth::kPresenceQueryTopic) return {Route::Kind::kAnswerPresence, {}};
      if (topic == auth::kKickTopic) return {Route::Kind::kKick, {}};
      if (topic == auth::kOperatorsTopic) return {Route::Kind::kOperators, {}};
      if (const auto device = auth::client_id_of_down_topic(topic)) {
        return {Route::Kind::kPush, std::string(*device)};
      }
      return {};
  }
  return {};
}

}  // namespace earshot::broker
