// Which devices and gateways may connect to the broker. Pure; used by the plugin.
// Operators: operator_logins.h.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/base/secret.h"

namespace earshot::broker {

// A gateway's client id: authenticated by LoginPolicy, so every other policy may trust it.
bool is_gateway(std::string_view client_id);

// Immutable after construction.
class LoginPolicy {
 public:
  LoginPolicy(Secret device_key, std::string gateway_user, Secret gateway_password);

  // The client id decides which credentials count: a device cannot take over a gateway's connection, nor
  // whoever holds the gateway's password a device's.
  auth::LoginVerdict check(std::string_view client_id, std::string_view username,
                           std::string_view password) const;

 private:
  Secret device_key_;
  std::string gateway_user_;
  Secret gateway_password_;
};

}  // namespace earshot::broker
