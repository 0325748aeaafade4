#include "worker/link/wanted_links.h"

namespace earshot::worker {

void WantedLinks::add_gateway(const GatewayTarget& target) {
  const std::string address = target.endpoint.text();
  if (wanted_.size() < kMost || wanted_.contains(address))
    wanted_.insert_or_assign(address, Wanted{.target = target, .gateway = address});
}

void WantedLinks::add_shard(const GatewayTarget& target, const std::string& gateway) {
  const auto known = wanted_.find(gateway);
  if (known == wanted_.end() || known->second.gateway != gateway || wanted_.size() >= kMost) return;
  wanted_.try_emplace(target.endpoint.text(), Wanted{.target = target, .gateway = gateway});
}

void WantedLinks::remove_gateway(const std::string& gateway) {
  std::erase_if(wanted_, [&gateway](const auto& entry) { return entry.second.gateway == gateway; });
}

}  // namespace earshot::worker
