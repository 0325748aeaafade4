// Which links a worker is to have because names lead to gateways: those gateways, and the shards that they name. A link
// to one may still be ending from before; whoever owns the links makes it anew after that. Pure.
//
// Bounded: kMost; a gateway may name shards without end.
#pragma once

#include <map>
#include <string>

#include "worker/link/gateway_targets.h"

namespace earshot::worker {

class WantedLinks {
 public:
  static constexpr std::size_t kMost = 256;

  struct Wanted {
    GatewayTarget target;
    std::string gateway;  // the address that the name leads to
  };

  void add_gateway(const GatewayTarget& target);
  // Nothing when no name leads to that gateway: what is fixed is never given up.
  void add_shard(const GatewayTarget& target, const std::string& gateway);
  // With its shards.
  void remove_gateway(const std::string& gateway);
  const std::map<std::string, Wanted>& all() const { return wanted_; }  // by address

 private:
  std::map<std::string, Wanted> wanted_;
};

}  // namespace earshot::worker
