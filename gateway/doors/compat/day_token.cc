#include "gateway/doors/compat/day_token.h"

#include <array>
#include <cstdio>

#include "common/base/bytes.h"
#include "common/base/sha256.h"

namespace earshot::compat {

std::string day_token(std::chrono::sys_days day, const Secret& key) {
  const std::chrono::year_month_day date(day);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return to_hex(sha256(as_bytes(std::string(text.data()).append(key.reveal()))));
}

bool is_day_token(std::string_view given, const Secret& key, std::chrono::system_clock::time_point now) {
  if (key.empty()) return false;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  bool good = false;
  for (int shift = -1; shift <= 1; ++shift) {
    good |= equal_in_constant_time(day_token(today + std::chrono::days(shift), key), given);
  }
  return good;
}

}  // namespace earshot::compat
