#include "gateway/broker/login_policy.h"

#include <algorithm>
#include <utility>

#include "common/auth/mqtt_topics.h"

namespace earshot::broker {

namespace {

// The rest of a gateway's client id: letters, digits, '-'. It becomes part of no topic, but of log lines.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace

bool is_gateway(std::string_view client_id) {
  return client_id.starts_with(auth::kGatewayClientIdPrefix);
}

LoginPolicy::LoginPolicy(Secret device_key, std::string gateway_user, Secret gateway_password)
    : device_key_(std::move(device_key)),
      gateway_user_(std::move(gateway_user)),
      gateway_password_(std::move(gateway_password)) {}

auth::LoginVerdict LoginPolicy::check(std::string_view client_id, std::string_view username,
                                      std::string_view password) const {
  if (!is_gateway(client_id)) return auth::verify(device_key_, client_id, username, password);

  if (client_id.size() > auth::kMaxClientIdBytes ||
      !is_plain(client_id.substr(auth::kGatewayClientIdPrefix.size()))) {
    return auth::LoginVerdict::kBadClientId;
  }
  const bool good = !gateway_password_.empty() && username == gateway_user_ &&
                    equal_in_constant_time(gateway_password_.reveal(), password);
  return good ? auth::LoginVerdict::kGood : auth::LoginVerdict::kBadPassword;
}

}  // namespace earshot::broker
