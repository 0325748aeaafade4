// When to tell people that a certificate expires: at the start and once a day, from kWarnBefore on. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/tls/certificates.h"

namespace earshot::tls {

class ExpiryWarning {
 public:
  static constexpr std::chrono::hours kWarnBefore{24 * 30};
  static constexpr std::chrono::hours kEvery{24};

  // `until`: when the certificate expires; nullopt: there is none.
  explicit ExpiryWarning(std::optional<WallTime> until) : until_(until) {}

  // RETURNS: the whole days that are left when it is to be told now; 0 or less: it has expired, or does today.
  std::optional<std::int64_t> due(SteadyTime now, WallTime wall) {
    if (!until_ || now < next_ || *until_ > wall + kWarnBefore) return std::nullopt;
    next_ = now + kEvery;
    return std::chrono::duration_cast<std::chrono::hours>(*until_ - wall).count() / 24;
  }

 private:
  std::optional<WallTime> until_;
  SteadyTime next_{};
};

}  // namespace earshot::tls
