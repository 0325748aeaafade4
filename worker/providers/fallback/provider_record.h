// What a chain knows of one of its providers: the name, whether it may be used now, and how it has done.
//
// Runs on: any thread; all conversations share it.
// Bounded: of failures the last one's text, up to kMaxWhyBytes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "worker/providers/fallback/circuit_breaker.h"

namespace earshot::worker {

enum class ProviderEvent {
  kUsed,
  kFailed,    // an outage (outage.h)
  kSkipped,   // the circuit breaker kept it out
  kTookOver,  // it was used in place of one that had failed in the same request
  kRefused,   // the request, for what was in it
  kCount
};
inline constexpr std::array<std::string_view, 5> kProviderEventNames = {
    "provider_used", "provider_failed", "provider_skipped", "provider_took_over", "provider_refused"};

// kFailing: the last request failed; kAway: it is left alone for a while (circuit_breaker.h).
enum class ProviderState { kOk, kFailing, kAway };

struct ProviderHealth {
  ProviderState state = ProviderState::kOk;
  std::string why = {};  // of the last outage, for an operator; empty: there was none
  SteadyTime failed_at{};
};

class ProviderRecord {
 public:
  static constexpr std::size_t kMaxWhyBytes = 200;

  ProviderRecord(std::string name, BreakerLimits limits) : name_(std::move(name)), breaker_(limits) {}

  CircuitBreaker& breaker() { return breaker_; }
  const CircuitBreaker& breaker() const { return breaker_; }
  void add(ProviderEvent event) {
    counts_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }
  void succeeded() {
    breaker_.on_success();
    is_failing_.store(false, std::memory_order_relaxed);
  }
  // An outage; the breaker is told of it apart.
  void failed(std::string_view why, SteadyTime now) {
    add(ProviderEvent::kFailed);
    is_failing_.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(last_mutex_);
    why_ = why.substr(0, kMaxWhyBytes);
    failed_at_ = now;
  }
  ProviderHealth health(SteadyTime now) const {
    ProviderHealth health;
    if (breaker_.state(now) != CircuitBreaker::State::kClosed) {
      health.state = ProviderState::kAway;
    } else if (is_failing_.load(std::memory_order_relaxed)) {
      health.state = ProviderState::kFailing;
    }
    const std::lock_guard lock(last_mutex_);
    health.why = why_;
    health.failed_at = failed_at_;
    return health;
  }

  const std::string& name() const { return name_; }
  std::uint64_t value(ProviderEvent event) const {
    return counts_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  }

 private:
  std::string name_;
  CircuitBreaker breaker_;
  std::atomic<bool> is_failing_{false};
  // A failure is rare, and told of from every conversation's thread: no strand is common to them.
  mutable std::mutex last_mutex_;
  std::string why_;
  SteadyTime failed_at_{};
  // Unlike Counters, which have one writer, these are written from every conversation's thread.
  std::array<std::atomic<std::uint64_t>, kProviderEventNames.size()> counts_{};
};

}  // namespace earshot::worker
