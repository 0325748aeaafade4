// How much of what a device sends is lost on its way, judged by the gaps in its sequence numbers; the way down is
// taken to be no better. Pure.
//
// A device counts the packets that it sends, so what it throws away itself does not show (protocol_device.md, trap
// 24), and neither do its pauses. Packets that come late fill their gap.
#pragma once

#include <algorithm>
#include <cstdint>

namespace earshot::gateway {

class UplinkLoss {
 public:
  static constexpr std::uint32_t kBlock = 50;  // packets to a verdict: 3 s of speech
  static constexpr double kHeavy = 0.03;       // two of a block
  static constexpr double kLight = 0.01;

  // REQUIRES: each sequence once (ReplayWindow).
  void heard(std::uint32_t sequence) {
    ++heard_;
    highest_ = std::max(highest_, sequence);
    if (begin_ == 0) begin_ = sequence;
    if (highest_ - begin_ < kBlock) return;
    judge(highest_ - begin_);
    begin_ = highest_;
    heard_ = 0;
  }
  // It has become kHeavy, and not kLight since.
  bool heavy() const { return heavy_; }

 private:
  // `sent`: those behind the first of the block, up to its last.
  void judge(std::uint32_t sent) {
    // A jump of the window is no loss: the device's address changed, or it was somebody else.
    if (sent > 2 * kBlock) return;
    const double lost = 1.0 - std::min(1.0, static_cast<double>(heard_) / sent);
    share_ = judged_ ? (share_ + lost) / 2 : lost;
    judged_ = true;
    heavy_ = share_ >= (heavy_ ? kLight : kHeavy);
  }

  std::uint32_t begin_ = 0;  // of the block, the last of the one before; sequences begin with 1
  std::uint32_t highest_ = 0;
  std::uint32_t heard_ = 0;  // in this block
  bool judged_ = false;
  double share_ = 0;
  bool heavy_ = false;
};

}  // namespace earshot::gateway
