#include "worker/link/gateway_targets.h"

#include <algorithm>

namespace earshot::worker {

GatewayTargets::GatewayTargets(const std::vector<ipc::Endpoint>& configured) {
  for (const ipc::Endpoint& endpoint : configured) {
    const bool secured = endpoint.kind == ipc::Endpoint::Kind::kTls;
    if (secured && !endpoint.is_numeric())
      names_.push_back({.endpoint = endpoint});
    else
      fixed_.push_back({.endpoint = endpoint, .name = secured ? endpoint.host : std::string()});
  }
}

std::vector<GatewayTargets::Question> GatewayTargets::due(SteadyTime now) {
  std::vector<Question> questions;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    Name& name = names_[i];
    if (name.asked || now < name.ask_at) continue;
    name.asked = true;
    questions.push_back({.which = i, .host = name.endpoint.host});
  }
  return questions;
}

GatewayTargets::Change GatewayTargets::answered(std::size_t which, const std::vector<std::string>& addresses,
                                                const std::string& why, SteadyTime now) {
  Name& name = names_[which];
  name.asked = false;
  Change change;
  if (addresses.empty()) {
    name.ask_at = now + name.pause;
    name.pause = std::min(name.pause * 2, kLongestPause);
    if (!std::exchange(name.told, true)) {
      change.tell = "the name of a gateway leads nowhere name=" + name.endpoint.host + " why=\"" + why +
                    "\"; " + (name.now.empty() ? "asking on" : "those that are linked stay; asking on");
    }
    return change;
  }
  name.ask_at = now + kAskAgain;
  name.pause = kFirstPause;
  name.told = false;
  std::map<std::string, GatewayTarget> found;
  for (const std::string& address : addresses) {
    if (found.size() == kMostOfAName) break;
    ipc::Endpoint endpoint = name.endpoint;
    endpoint.host = address;
    found.emplace(address, GatewayTarget{.endpoint = std::move(endpoint), .name = name.endpoint.host});
  }
  for (const auto& [address, target] : found) {
    if (!name.now.contains(address)) change.added.push_back(target);
  }
  for (const auto& [address, target] : name.now) {
    if (!found.contains(address)) change.gone.push_back(target);
  }
  name.now = std::move(found);
  return change;
}

}  // namespace earshot::worker
