// Hands what other gateways have changed in a shared database to the owners that believe their memory.
//
// Runs on: the gateway's main executor.
// Borrows: what its doors hold.
#pragma once

#include <functional>

#include "common/base/ids.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct SharedChanges {
  std::function<void(const DeviceId&)> device;
  std::function<void()> devices;  // all
  std::function<void()> accounts;
  std::function<void()> operators;
  std::function<void()> agents;
  std::function<void()> firmware;
  std::function<void()> codes;  // of devices that wait for their owner
  std::function<void(const DeviceId&)> notebook_removed;

  void take(const store::StoreChange& change) const;
};

}  // namespace earshot::gateway
