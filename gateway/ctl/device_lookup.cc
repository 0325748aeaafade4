#include "gateway/ctl/device_lookup.h"

#include "common/base/ids.h"
#include "gateway/ctl/device_name.h"
#include "gateway/ctl/failure.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kMostAsked = 1000;
constexpr std::size_t kMostTold = 10;

}  // namespace

std::string find_device(Context& context, const std::string& text) {
  if (const auto id = DeviceId::parse(text)) return id->text();
  std::vector<NamedDevice> devices;
  for (const auto& item : context.api.list("/api/v1/devices", {{"q", text}}, kMostAsked)) {
    const json::object* device = item.if_object();
    if (device != nullptr) devices.push_back({.id = member(*device, "id"), .name = member(*device, "name")});
  }
  const DeviceMatch match = match_device(text, devices);
  if (!match.id.empty()) return match.id;
  if (match.candidates.empty())
    throw Failure(Exit::kNotFound, "no device is called '" + text + "' (earshotctl devices shows all)");
  std::string told = "'" + text + "' fits " + std::to_string(match.candidates.size()) + " devices:";
  for (std::size_t i = 0; i < match.candidates.size() && i < kMostTold; ++i)
    told += "\n  " + match.candidates[i].id + "  " + printable(match.candidates[i].name);
  if (match.candidates.size() > kMostTold) told += "\n  ...";
  throw Failure(Exit::kUsage, told);
}

std::string device_path(const std::string& id, const std::string& rest) {
  return "/api/v1/devices/" + encoded(id) + rest;
}

}  // namespace earshot::ctl
