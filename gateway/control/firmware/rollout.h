// Which firmware image a device is offered: staged roll-outs. Pure.
//
// An enabled image goes to devices of its board that run an older version, at least its minimum version, as
// many of a hundred as its percentage says. Which ones is settled by a hash of device and image: always the
// same for one image, others for the next, and raising the percentage only adds devices.
//
// A forced image goes to all of these whatever they run, so that a bad release can be taken back; it is the
// only one that counts then. It is not offered to a device that runs it: with `force` the firmware would
// install the same image at each boot for ever.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "gateway/store/records.h"

namespace earshot::gateway {

// The firmware's own comparison (ota.cc:IsNewVersionAvailable): the numbers one by one, and of two that begin
// alike the longer one is newer. nullopt: its parser would throw, and the device reboot.
std::optional<std::vector<int>> parse_version(std::string_view version);
bool is_newer(std::string_view offered, std::string_view running);

// 0..99.
int rollout_bucket(const DeviceId& device, std::string_view image);

struct RolloutDevice {
  DeviceId device;
  std::string_view board;
  std::string_view version;
  bool auto_update = true;  // false: it takes no part
};
// nullptr: none.
const store::FirmwareImage* choose_image(std::span<const store::FirmwareImage> images,
                                         const RolloutDevice& device);

}  // namespace earshot::gateway
