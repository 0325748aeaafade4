#include "worker/hearing/uplink_order.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace earshot::worker {

std::vector<UplinkPacket> UplinkOrder::push(UplinkPacket packet, SteadyTime arrival) {
  std::vector<UplinkPacket> out;
  if (!started_) {
    started_ = true;
    next_ = packet.sequence;
  }
  if (packet.sequence < next_ || held_.contains(packet.sequence)) {
    ++late_;
    return expire(arrival);
  }
  const std::uint32_t sequence = packet.sequence;
  held_.emplace(sequence, Held{.packet = std::move(packet), .arrival = arrival});
  release(out);
  if (held_.size() > kMaxHeld) {
    skip_gap(out);
    release(out);
  }
  std::ranges::move(expire(arrival), std::back_inserter(out));
  return out;
}

std::vector<UplinkPacket> UplinkOrder::expire(SteadyTime now) {
  std::vector<UplinkPacket> out;
  for (auto due = deadline(); due && *due <= now; due = deadline()) {
    skip_gap(out);
    release(out);
  }
  return out;
}

std::optional<SteadyTime> UplinkOrder::deadline() const {
  if (held_.empty()) return std::nullopt;
  const auto first =
      std::ranges::min_element(held_, {}, [](const auto& held) { return held.second.arrival; });
  return first->second.arrival + kPatience;
}

std::vector<UplinkPacket> UplinkOrder::flush() {
  std::vector<UplinkPacket> out;
  while (!held_.empty()) {
    skip_gap(out);
    release(out);
  }
  return out;
}

void UplinkOrder::restart() {
  started_ = false;
  held_.clear();
}

void UplinkOrder::release(std::vector<UplinkPacket>& out) {
  while (!held_.empty() && held_.begin()->first == next_) {
    out.push_back(std::move(held_.begin()->second.packet));
    held_.erase(held_.begin());
    ++next_;
  }
}

void UplinkOrder::skip_gap(std::vector<UplinkPacket>& out) {
  const std::uint32_t gap = held_.begin()->first - next_;
  lost_ += gap;
  for (std::uint32_t i = 0; i < std::min(gap, kMaxLost); ++i) {
    out.push_back({.sequence = next_ + i, .opus = {}, .lost = true});
  }
  next_ += gap;
}

}  // namespace earshot::worker
