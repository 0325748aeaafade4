// What a client of the broker is, told by its client id alone, so that no policy has to look it up: the login
// (login_policy.h) has checked the credentials that belong to this kind. Pure.
#pragma once

#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/auth/mqtt_topics.h"

namespace earshot::broker {

enum class ClientKind {
  kGateway,
  kDevice,    // its id names a MAC address
  kOperator,  // any other id
};

inline ClientKind kind_of(std::string_view client_id) {
  if (client_id.starts_with(auth::kGatewayClientIdPrefix)) return ClientKind::kGateway;
  return auth::parse_client_id(client_id) ? ClientKind::kDevice : ClientKind::kOperator;
}

}  // namespace earshot::broker
