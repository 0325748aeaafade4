#include "common/base/rate_limiter.h"

#include <algorithm>

namespace earshot {

bool RateLimiter::take(std::string_view key, SteadyTime now, std::uint32_t count) {
  if (!has(key, now, count)) return false;
  const SteadyTime full = std::max(full_at(key), now) + rate_.refill * static_cast<std::int64_t>(count);
  if (const auto known = full_at_.find(std::string(key)); known != full_at_.end()) {
    known->second = full;
    return true;
  }
  if (full_at_.size() >= rate_.max_keys) forget_full(now);
  if (full_at_.size() < rate_.max_keys) {
    full_at_.emplace(key, full);
  } else {
    shared_full_at_ = full;
  }
  return true;
}

bool RateLimiter::has(std::string_view key, SteadyTime now, std::uint32_t count) const {
  return wait(key, now, count) == Milliseconds::zero();
}

Milliseconds RateLimiter::wait(std::string_view key, SteadyTime now, std::uint32_t count) const {
  const std::int64_t spare = static_cast<std::int64_t>(rate_.burst) - static_cast<std::int64_t>(count);
  const auto until_there = full_at(key) - now - rate_.refill * spare;
  return std::max(Milliseconds::zero(), std::chrono::ceil<Milliseconds>(until_there));
}

SteadyTime RateLimiter::full_at(std::string_view key) const {
  if (const auto known = full_at_.find(std::string(key)); known != full_at_.end()) return known->second;
  return full_at_.size() < rate_.max_keys ? SteadyTime{} : shared_full_at_;
}

void RateLimiter::forget_full(SteadyTime now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + rate_.refill;
  std::erase_if(full_at_, [now](const auto& bucket) { return bucket.second <= now; });
}

}  // namespace earshot
