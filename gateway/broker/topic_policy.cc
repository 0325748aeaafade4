#include "gateway/broker/topic_policy.h"

#include "common/auth/mqtt_topics.h"
#include "gateway/broker/login_policy.h"

namespace earshot::broker {

namespace {

constexpr std::string_view kOwnNamespace = "earshot/";

}  // namespace

bool TopicPolicy::may_publish(const Publish& publish) {
  if (publish.retained || publish.payload_bytes > kMaxPayloadBytes) return false;
  if (is_gateway(publish.client_id)) {
    return publish.topic == auth::kPresenceQueryTopic ||
           auth::client_id_of_down_topic(publish.topic).has_value();
  }
  return publish.topic == auth::kDeviceServerTopic ||
         auth::client_id_of_up_topic(publish.topic) == publish.client_id;
}

bool TopicPolicy::may_subscribe(std::string_view client_id, std::string_view filter, int subscriptions) {
  if (is_gateway(client_id)) {
    return filter.starts_with(kOwnNamespace) || auth::client_id_of_up_topic(filter).has_value();
  }
  // `$share/..` would take its turn among real readers and lose their messages.
  return !filter.starts_with('$') && subscriptions < kMaxDeviceSubscriptions;
}

bool TopicPolicy::may_read(std::string_view client_id, std::string_view topic) {
  return is_gateway(client_id) &&
         (topic.starts_with(kOwnNamespace) || auth::client_id_of_up_topic(topic).has_value());
}

TopicPolicy::Route TopicPolicy::route(std::string_view client_id, std::string_view topic) {
  if (!is_gateway(client_id)) {
    if (topic == auth::kDeviceServerTopic) return {Route::Kind::kRewrite, auth::up_topic(client_id)};
    return {};
  }
  if (topic == auth::kPresenceQueryTopic) return {Route::Kind::kAnswerPresence, {}};
  if (const auto device = auth::client_id_of_down_topic(topic)) {
    return {Route::Kind::kPush, std::string(*device)};
  }
  return {};
}

}  // namespace earshot::broker
