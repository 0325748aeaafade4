#include "gateway/ctl/device_name.h"

#include <algorithm>
#include <functional>

#include "common/base/ids.h"

namespace earshot::ctl {

namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

}  // namespace

DeviceMatch match_device(std::string_view text, std::span<const NamedDevice> devices) {
  const std::string small = lower(text);
  const std::string address = address_part(text);
  const std::string& as_id = address.empty() ? small : address;
  const std::function<bool(const NamedDevice&)> rules[] = {
      [&](const NamedDevice& device) { return device.id == as_id || device.name == text; },
      [&](const NamedDevice& device) { return lower(device.name) == small; },
      [&](const NamedDevice& device) {
        return lower(device.name).starts_with(small) || device.id.starts_with(as_id);
      },
  };
  if (text.empty()) return {};
  for (const auto& rule : rules) {
    DeviceMatch match;
    for (const NamedDevice& device : devices) {
      if (rule(device)) match.candidates.push_back(device);
    }
    if (match.candidates.size() == 1) return {.id = match.candidates.front().id};
    if (!match.candidates.empty()) return match;
  }
  return {};
}

}  // namespace earshot::ctl
