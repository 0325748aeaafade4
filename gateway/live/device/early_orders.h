// Orders for devices whose line is not there yet: the control plane knows of a connection a moment before the
// shard has it, over WebSocket always, over MQTT when the shard is behind with its control messages. Pure.
//
// Bounded: kMaxWaiting, each for kPatience; then the device is told to be away.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/xiaozhi/device_order.h"

namespace earshot::gateway {

class EarlyOrders {
 public:
  static constexpr std::size_t kMaxWaiting = 4096;
  static constexpr Milliseconds kPatience{2000};

  struct Waiting {
    DeviceId device;
    DeviceOrder order;
    OrderDone done;
    SteadyTime until{};
  };

  void add(DeviceId device, DeviceOrder order, OrderDone done, SteadyTime now) {
    if (waiting_.size() >= kMaxWaiting) return refuse(done);
    waiting_.push_back({std::move(device), std::move(order), std::move(done), now + kPatience});
  }
  // The device's line is there.
  std::vector<Waiting> take(const DeviceId& device) {
    std::vector<Waiting> taken;
    std::erase_if(waiting_, [&](Waiting& one) {
      if (one.device != device) return false;
      taken.push_back(std::move(one));
      return true;
    });
    return taken;
  }
  void tick(SteadyTime now) {
    while (!waiting_.empty() && waiting_.front().until <= now) {
      const Waiting late = std::move(waiting_.front());
      waiting_.pop_front();
      refuse(late.done);
    }
  }
  bool empty() const { return waiting_.empty(); }
  std::optional<SteadyTime> next_deadline() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().until);
  }

 private:
  static void refuse(const OrderDone& done) {
    done(Error{ErrorCode::kUnavailable, "the device went offline"});
  }

  std::deque<Waiting> waiting_;
};

}  // namespace earshot::gateway
