// Things by ssrc: what every audio packet is looked up in, so one probe of one array, as a rule one cache
// line. An ssrc is a random number of our own (never a peer's choice), so its bits are its hash. Pure.
//
// References to values live until the next emplace() or erase(). Open addressing; a removed slot is closed by
// moving its followers up, so that a table that lives for months does not silt up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/ids.h"

namespace earshot {

template <class T>
class SsrcMap {
 public:
  // nullptr: not there.
  T* find(Ssrc ssrc) {
    if (size_ == 0) return nullptr;
    for (std::size_t at = home(ssrc);; at = after(at)) {
      if (slots_[at].ssrc == ssrc) return number(ssrc) == 0 ? nullptr : &slots_[at].value;
      if (slots_[at].ssrc == kFree) return nullptr;
    }
  }
  const T* find(Ssrc ssrc) const { return const_cast<SsrcMap*>(this)->find(ssrc); }
  bool contains(Ssrc ssrc) const { return find(ssrc) != nullptr; }

  // REQUIRES: ssrc is not 0 and not in the map.
  T& emplace(Ssrc ssrc, T value) {
    EARSHOT_CHECK(number(ssrc) != 0 && !contains(ssrc), "an ssrc is given once, and is not 0");
    if ((size_ + 1) * 2 > slots_.size()) grow();
    ++size_;
    return place({ssrc, std::move(value)});
  }
  // RETURNS: whether it was there.
  bool erase(Ssrc ssrc) {
    const T* const found = find(ssrc);
    if (found == nullptr) return false;
    std::size_t hole = home(ssrc);
    while (slots_[hole].ssrc != ssrc) hole = after(hole);
    for (std::size_t at = after(hole); slots_[at].ssrc != kFree; at = after(at)) {
      // One that would not be found any more behind the hole moves into it.
      const std::size_t from_home = (at - home(slots_[at].ssrc)) & mask();
      if (from_home < ((at - hole) & mask())) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
    slots_[hole] = Slot{};
    --size_;
    return true;
  }
  std::size_t size() const { return size_; }
  template <class Visitor>  // visitor(Ssrc, T&); must not change the map
  void for_each(Visitor&& visitor) {
    for (Slot& slot : slots_) {
      if (slot.ssrc != kFree) visitor(slot.ssrc, slot.value);
    }
  }

 private:
  static constexpr Ssrc kFree{0};
  static constexpr std::size_t kFirstSlots = 16;
  struct Slot {
    Ssrc ssrc{};
    T value{};
  };

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(Ssrc ssrc) const { return number(ssrc) & mask(); }
  std::size_t after(std::size_t at) const { return (at + 1) & mask(); }
  T& place(Slot slot) {
    std::size_t at = home(slot.ssrc);
    while (slots_[at].ssrc != kFree) at = after(at);
    slots_[at] = std::move(slot);
    return slots_[at].value;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.ssrc != kFree) place(std::move(slot));
    }
  }

  std::vector<Slot> slots_;  // a power of two of them, at most half of them taken
  std::size_t size_ = 0;
};

}  // namespace earshot
