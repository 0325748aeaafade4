#include "gateway/ctl/time_text.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <limits>

namespace earshot::ctl {

namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::string two_parts(std::int64_t ms, std::int64_t large, const char* large_unit, std::int64_t small,
                      const char* small_unit) {
  std::string text = std::to_string(ms / large) + " " + large_unit;
  if (const auto rest = ms % large / small; rest != 0) text += " " + std::to_string(rest) + " " + small_unit;
  return text;
}

}  // namespace

std::string duration_text(std::int64_t ms) {
  if (ms < 0) ms = 0;
  if (ms < kSecond) return std::to_string(ms) + " ms";
  if (ms < kMinute) return std::to_string(ms / kSecond) + "." + std::to_string(ms % kSecond / 100) + " s";
  if (ms < kHour) return two_parts(ms, kMinute, "min", kSecond, "s");
  if (ms < kDay) return two_parts(ms, kHour, "h", kMinute, "min");
  return two_parts(ms, kDay, "d", kHour, "h");
}

std::string relative_text(std::int64_t at_ms, std::int64_t now_ms) {
  if (at_ms == 0) return "never";
  const bool future = at_ms > now_ms;
  const std::int64_t away = future ? at_ms - now_ms : now_ms - at_ms;
  if (away < kSecond) return "now";
  std::string text;
  if (away < kMinute)
    text = std::to_string(away / kSecond) + " s";
  else if (away < kHour)
    text = std::to_string(away / kMinute) + " min";
  else if (away < kDay)
    text = std::to_string(away / kHour) + " h";
  else
    text = std::to_string(away / kDay) + " d";
  return future ? "in " + text : text + " ago";
}

std::string date_text(std::int64_t at_ms, std::int64_t utc_offset_s) {
  if (at_ms == 0) return "never";
  const std::time_t seconds = at_ms / kSecond + utc_offset_s;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  std::int64_t scale = 0;
  if (unit == "ms") scale = 1;
  if (unit == "s" || unit.empty()) scale = kSecond;
  if (unit == "m" || unit == "min") scale = kMinute;
  if (unit == "h") scale = kHour;
  if (unit == "d") scale = kDay;
  if (scale == 0 || number > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
  return number * scale;
}

}  // namespace earshot::ctl
