// The address of a database that gateways share, as it is configured. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::store {

// postgresql://[user@]host[:port][,host...]/database[?parameters], as libpq takes it.
// Errors: kInvalid: it is none, or holds a password: addresses are shown and logged, passwords are not.
Status check_store_url(std::string_view url);
// A name of a gateway: [a-z0-9._-]{1,32}.
bool is_gateway_name(std::string_view name);
// This host's, made a name of a gateway.
std::string default_gateway_name();

}  // namespace earshot::store
