// From what a person types to one device. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::ctl {

struct NamedDevice {
  std::string id = {};
  std::string name = {};
};

struct DeviceMatch {
  std::string id = {};                       // empty: none, or more than one
  std::vector<NamedDevice> candidates = {};  // more than one
};

// A whole id or name wins over a prefix, exact letters over any case; a prefix (of a name, or of an id with
// ':' or '_') must fit one device only.
DeviceMatch match_device(std::string_view text, std::span<const NamedDevice> devices);

}  // namespace earshot::ctl
