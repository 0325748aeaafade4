// The API of admission: bind by code, allow, unbind, rotate, keys of chips.
//
// A member binds for himself and unbinds and rotates his own; an operator does it for all. What somebody does
// not own does not exist for him (404), also behind a code.
#pragma once

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/control/devices/bootstrap.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/store/secret_box.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct BootstrapRouteParts {
  Bootstrap& bootstrap;
  DeviceDirectory& devices;
  store::StoreProxy& store;
  const store::SecretBox& secrets;
  api::AuditLog& audit;
  Executor executor;
};

// What `parts` refers to outlives the router's server.
void add_bootstrap_routes(api::ApiRouter& routes, const BootstrapRouteParts& parts);

}  // namespace earshot::gateway
