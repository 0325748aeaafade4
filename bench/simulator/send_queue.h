// Encoded microphone frames on their way to the socket (device-protocol 7.1): 40 packets, the oldest is
// dropped when full; a new talk or wake word clears it. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "common/base/bytes.h"

namespace earshot::simulator {

class SendQueue {
 public:
  static constexpr std::size_t kCapacity = 40;

  void push(Bytes packet) {
    if (packets_.size() == kCapacity) {
      packets_.pop_front();
      ++dropped_;
    }
    packets_.push_back(std::move(packet));
  }
  std::optional<Bytes> pop() {
    if (packets_.empty()) return std::nullopt;
    Bytes packet = std::move(packets_.front());
    packets_.pop_front();
    return packet;
  }
  void clear() { packets_.clear(); }
  std::size_t size() const { return packets_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::deque<Bytes> packets_;
  std::uint64_t dropped_ = 0;
};

}  // namespace earshot::simulator
