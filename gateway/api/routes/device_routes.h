// /devices: list, search, show, change, remove.
#pragma once

#include "gateway/api/api_router.h"
#include "gateway/control/devices/admission.h"
#include "gateway/control/devices/device_directory.h"

namespace earshot::gateway::api {

struct DeviceParts {
  DeviceDirectory& devices;
  AdmissionMode mode;
  bool websocket_possible = false;  // there is an address to send such devices to (ota.websocket_url)
};

// What `parts` refers to outlives the router's server.
void add_device_routes(ApiRouter& routes, DeviceParts parts);

}  // namespace earshot::gateway::api
