// Token buckets, one a key (a peer, a user): so many at once, refilled steadily. Pure.
//
// Bounded: at most max_keys buckets; one that is full again is forgotten. While all are in use, keys that are
// not known share one bucket: whoever comes from ever new addresses slows down newcomers, not those who are
// known already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/clock.h"

namespace earshot {

class RateLimiter {
 public:
  struct Rate {
    std::uint32_t burst = 10;     // so many at once, 1 or more ...
    Milliseconds refill{1000};    // ... and one more each
    std::size_t max_keys = 4096;  // about 100 bytes each
  };

  explicit RateLimiter(const Rate& rate) : rate_(rate) {}

  // RETURNS: false when fewer than `count` are left; it costs nothing then.
  // REQUIRES: 1 <= count <= burst.
  bool take(std::string_view key, SteadyTime now, std::uint32_t count = 1);
  bool has(std::string_view key, SteadyTime now, std::uint32_t count = 1) const;
  // How long until they are there; 0 when they are.
  Milliseconds wait(std::string_view key, SteadyTime now, std::uint32_t count = 1) const;
  std::size_t keys() const { return full_at_.size(); }

 private:
  SteadyTime full_at(std::string_view key) const;
  void forget_full(SteadyTime now);

  Rate rate_;
  // When the bucket will be full again: all that a bucket is (the "generic cell rate algorithm").
  std::unordered_map<std::string, SteadyTime> full_at_;
  SteadyTime shared_full_at_{};
  SteadyTime next_sweep_{};  // looking at all buckets is for once a refill, not for each stranger
};

}  // namespace earshot
