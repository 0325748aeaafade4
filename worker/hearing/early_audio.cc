#include "worker/hearing/early_audio.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace earshot::worker {

namespace {

// A packet that is later than the promptest one by more than that belongs to a burst, or to a stall behind
// which the network made up for it.
constexpr Milliseconds kPrompt{100};

}  // namespace

void EarlyAudio::add(UplinkPacket packet, SteadyTime arrival) {
  if (packets_.size() >= kMaxPackets) packets_.pop_front();
  while (!packets_.empty() && arrival - packets_.front().at > kRemembered) packets_.pop_front();
  packets_.push_back({.packet = std::move(packet), .at = arrival});
}

std::vector<EarlyAudio::Arrived> EarlyAudio::heard(SteadyTime now) const {
  std::vector<Arrived> out;
  if (packets_.empty()) return out;
  const std::uint32_t newest = packets_.back().packet.sequence;
  // Against a microphone that sends each packet when it is spoken. Numbers far apart are an attack or another
  // stream: they only decide about what their sender is heard with.
  const auto lateness = [&](const Arrived& arrived) {
    const std::int64_t ahead = std::int64_t{newest} - std::int64_t{arrived.packet.sequence};
    return arrived.at - packets_.front().at + packet_ * ahead;
  };
  SteadyTime::duration promptest = lateness(packets_.back());
  for (const Arrived& arrived : packets_) promptest = std::min(promptest, lateness(arrived));
  auto first = std::ranges::find_if(
      packets_, [&](const Arrived& arrived) { return lateness(arrived) - promptest <= kPrompt; });
  // The end of a burst is prompt by itself; what is live behind it comes a packet's time later.
  if (first != packets_.begin()) {
    while (first != packets_.end() && first->at - std::prev(first)->at < packet_ / 2) ++first;
  }
  for (; first != packets_.end(); ++first) {
    if (now - first->at <= kKept) out.push_back(*first);
  }
  return out;
}

}  // namespace earshot::worker
