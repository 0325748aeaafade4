// What a device has said since its worker's last checkpoint, in order: packets of its microphone, and its listen and
// abort messages. Another worker is given it again. Pure.
//
// Runs on: the shard's thread.
// Owns: at most kMaxBytes, as far as the budget has room: a long utterance of a minute (24 kbit/s with room). What
// is beyond drops the oldest. Its memory grows by doubling and is kept, so that a packet takes none.
// Borrows: the budget, which outlives it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "common/base/bytes.h"
#include "gateway/live/session/continuity_budget.h"
#include "ipc.pb.h"

namespace earshot::gateway {

class UplinkRing {
 public:
  static constexpr std::size_t kFirstBytes = 4 * 1024;
  static constexpr std::size_t kKeptBytes = 16 * 1024;  // with nothing in it
  static constexpr std::size_t kMaxBytes = 256 * 1024;

  explicit UplinkRing(ContinuityBudget& budget) : budget_(budget) {}
  ~UplinkRing() { budget_.give(memory_.size()); }
  UplinkRing(const UplinkRing&) = delete;
  UplinkRing& operator=(const UplinkRing&) = delete;

  void add_audio(const ipc::AudioUp& audio);
  void add_control(const ipc::Envelope& control);
  // So many, counted since begin_anew(), need not be given again.
  void settle(std::uint64_t count);
  // All that is in it, oldest first; then it counts from there: what is in it are the first ones.
  // `audio` is filled anew for each packet.
  void give_again(ipc::Envelope& audio, const std::function<void(const ipc::Envelope&)>& send_audio,
                  const std::function<void(const ipc::Envelope&)>& send);

  std::size_t size() const { return static_cast<std::size_t>(end_ - first_); }  // messages
  std::uint64_t dropped() const { return dropped_; }                            // for want of room

 private:
  // In front of each: its length, and whether it is control.
  static constexpr std::size_t kHeadBytes = 4;
  static constexpr std::size_t kStampBytes = 16;  // sequence, timestamp, arrival

  bool make_room(std::size_t bytes);
  bool grow();
  void put(const std::uint8_t* from, std::size_t bytes);
  void put_head(std::size_t bytes, bool control);
  std::uint32_t head_at(std::size_t place) const;
  void copy_out(std::size_t place, std::uint8_t* to, std::size_t bytes) const;
  void drop_oldest();

  ContinuityBudget& budget_;
  std::vector<std::uint8_t> memory_;  // a power of two, or empty
  std::size_t tail_ = 0;              // of the oldest byte
  std::size_t used_ = 0;
  std::uint64_t first_ = 0;  // number of the oldest message
  std::uint64_t end_ = 0;    // behind the newest
  std::uint64_t dropped_ = 0;
};

}  // namespace earshot::gateway
