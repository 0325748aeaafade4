// Named event counters: every deliberate ignore, drop and refusal is one of these,
// never a log line per packet.
//
// An owner declares `enum class Thing { kA, kB, kCount }` and a `constexpr std::array<std::string_view, N>`
// of names; the compiler checks that both have the same length.
// Runs on: add() on the owner's thread only; value() and visit() from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace earshot {

template <class Event, const auto& kNames>
class Counters {
 public:
  static constexpr std::size_t kSize = static_cast<std::size_t>(Event::kCount);
  static_assert(kNames.size() == kSize, "each event has one name");

  void add(Event event, std::uint64_t n = 1) {
    auto& slot = slots_[static_cast<std::size_t>(event)];
    // One writer: a plain add without a locked instruction.
    slot.store(slot.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value(Event event) const {
    return slots_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  }
  template <class Visitor>  // visitor(std::string_view name, std::uint64_t value)
  void visit(Visitor&& visitor) const {
    for (std::size_t i = 0; i < kSize; ++i) visitor(kNames[i], slots_[i].load(std::memory_order_relaxed));
  }

 private:
  std::array<std::atomic<std::uint64_t>, kSize> slots_{};
};

}  // namespace earshot
