// What is known of the devices' tools. Devices of one board list the same,
// so equal lists are kept once. Pure.
//
// A list is believed for one connection of its device: behind a new one there may be new firmware.
// Bounded: kMaxDevices devices and kMaxLists different lists; beyond, all is forgotten, and asked for again
// when it is needed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/base/ids.h"
#include "gateway/control/commands/tool_list.h"

namespace earshot::commands {

class ToolCatalogue {
 public:
  static constexpr std::size_t kMaxDevices = 100'000;
  static constexpr std::size_t kMaxLists = 256;

  // The device told it on its present connection.
  // RETURNS: whether that is news.
  bool put(const DeviceId& device, const ToolList& list);
  // The device may have changed: its list is not fresh any more.
  void doubt(const DeviceId& device);
  void forget(const DeviceId& device) { devices_.erase(device); }

  // nullptr: not told on the present connection.
  std::shared_ptr<const ToolList> fresh(const DeviceId& device) const;

 private:
  struct Known {
    std::shared_ptr<const ToolList> list;
    std::string text;
  };
  struct OfDevice {
    std::shared_ptr<const Known> known;
    bool fresh = false;
  };
  std::unordered_map<DeviceId, OfDevice> devices_;
  std::unordered_map<std::string, std::shared_ptr<const Known>> lists_;  // by text
};

}  // namespace earshot::commands
