// What a chain knows of one of its providers: the name, whether it may be used now, and how it has done.
//
// Runs on: any thread; all conversations share it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "worker/providers/fallback/circuit_breaker.h"

namespace earshot::worker {

enum class ProviderEvent {
  kUsed,
  kFailed,
  kSkipped,   // the circuit breaker kept it out
  kTookOver,  // it was used in place of one that had failed in the same request
  kCount
};
inline constexpr std::array<std::string_view, 4> kProviderEventNames = {
    "provider_used", "provider_failed", "provider_skipped", "provider_took_over"};

class ProviderRecord {
 public:
  ProviderRecord(std::string name, BreakerLimits limits) : name_(std::move(name)), breaker_(limits) {}

  CircuitBreaker& breaker() { return breaker_; }
  const CircuitBreaker& breaker() const { return breaker_; }
  void add(ProviderEvent event) {
    counts_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }

  const std::string& name() const { return name_; }
  std::uint64_t value(ProviderEvent event) const {
    return counts_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  }

 private:
  std::string name_;
  CircuitBreaker breaker_;
  // Unlike Counters, which have one writer, these are written from every conversation's thread.
  std::array<std::atomic<std::uint64_t>, kProviderEventNames.size()> counts_{};
};

}  // namespace earshot::worker
