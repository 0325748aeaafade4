// The way of shards to devices by the link to the broker, which is made after them: its handlers need them.
//
// Runs on: attach() on the main thread before and after all else; the rest on any thread.
// Borrows: the link.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "gateway/broker/mqtt_link.h"
#include "gateway/doors/mqtt_udp/device_transport.h"

namespace earshot::gateway {

class MqttTransport final : public DeviceTransport {
 public:
  void attach(broker::MqttLink* link) { link_.store(link, std::memory_order_release); }
  Status send(std::string_view client_id, std::string_view json) override {
    broker::MqttLink* link = link_.load(std::memory_order_acquire);
    const auto verdict =
        link == nullptr ? broker::PushVerdict::kNotConnected : link->publish_to_device(client_id, json);
    if (verdict == broker::PushVerdict::kQueued) return kDone;
    dropped_.fetch_add(1, std::memory_order_relaxed);
    if (verdict == broker::PushVerdict::kTooLarge)
      return Error{ErrorCode::kTooLarge, "the message is too large for the broker"};
    return Error{ErrorCode::kUnavailable, "the broker cannot be reached, or does not keep up"};
  }
  void kick(std::string_view client_id) override {
    // One that is lost is not missed: whoever is not admitted is refused at his next hello, and kicked again.
    if (broker::MqttLink* link = link_.load(std::memory_order_acquire)) link->kick(client_id);
  }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::atomic<broker::MqttLink*> link_{nullptr};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace earshot::gateway
