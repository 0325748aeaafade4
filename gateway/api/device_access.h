// The device that a path names, if the caller may know of it: what every route about a device begins with.
#pragma once

#include <string_view>

#include "gateway/api/call.h"
#include "gateway/control/devices/device_directory.h"

namespace earshot::gateway::api {

// `id` in any spelling. nullptr: it was answered 404, the same for a device that does not exist and for one
// that is somebody else's (IDOR: ids are guessable, so the answer must not tell).
inline const DeviceEntry* visible_device(Call& call, const DeviceDirectory& devices, std::string_view id) {
  const auto parsed = DeviceId::parse(id);
  const DeviceEntry* found = parsed ? devices.find(*parsed) : nullptr;
  if (found != nullptr && call.who.sees(found->record)) return found;
  call.fail(404, "no such device");
  return nullptr;
}
inline const DeviceEntry* visible_device(Call& call, const DeviceDirectory& devices) {
  return visible_device(call, devices, call.request.param("id"));
}

}  // namespace earshot::gateway::api
