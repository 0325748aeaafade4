#include "gateway/control/commands/tool_catalogue.h"

#include <utility>

namespace earshot::commands {

bool ToolCatalogue::put(const DeviceId& device, const ToolList& list) {
  std::string text = json::serialize(list.to_json());
  const auto before = devices_.find(device);
  if (before != devices_.end() && before->second.known->text == text) {
    before->second.fresh = true;
    return false;
  }
  if (devices_.size() >= kMaxDevices) devices_.clear();
  auto found = lists_.find(text);
  if (found == lists_.end()) {
    if (lists_.size() >= kMaxLists) {
      devices_.clear();
      lists_.clear();
    }
    auto known = std::make_shared<const Known>(Known{std::make_shared<const ToolList>(list), text});
    found = lists_.emplace(std::move(text), std::move(known)).first;
  }
  devices_[device] = {.known = found->second, .fresh = true};
  return true;
}

void ToolCatalogue::doubt(const DeviceId& device) {
  if (const auto found = devices_.find(device); found != devices_.end()) found->second.fresh = false;
}

std::shared_ptr<const ToolList> ToolCatalogue::fresh(const DeviceId& device) const {
  const auto found = devices_.find(device);
  return found == devices_.end() || !found->second.fresh ? nullptr : found->second.known->list;
}

}  // namespace earshot::commands
