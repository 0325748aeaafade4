#include "gateway/broker/uplink_budget.h"

#include <algorithm>

namespace earshot::broker {

namespace {

// The firmware's is 240 bytes; nobody's features fill more.
constexpr std::size_t kLongestHello = 4096;

std::string_view without_spaces(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

}  // namespace

UplinkBudget::Verdict UplinkBudget::say(std::string_view client_id, std::string_view payload,
                                        SteadyTime now) {
  const std::string_view device = device_of(client_id);
  const std::size_t units = (payload.size() + kBytesPerMessage + kUnitBytes - 1) / kUnitBytes;
  const bool fits = units <= kBurstBytes / kUnitBytes;
  const bool good = fits && bytes_.take(device, now, static_cast<std::uint32_t>(units)) &&
                    (!looks_like_hello(payload) || hellos_.take(device, now));
  if (good) return Verdict::kGood;
  return patience_.take(device, now) ? Verdict::kDrop : Verdict::kKick;
}

std::string_view UplinkBudget::device_of(std::string_view client_id) {
  constexpr std::string_view kSeparator = "@@@";
  const std::size_t group_end = client_id.find(kSeparator);
  if (group_end == std::string_view::npos) return client_id;
  const std::string_view rest = client_id.substr(group_end + kSeparator.size());
  return rest.substr(0, rest.find(kSeparator));
}

bool looks_like_hello(std::string_view payload) {
  if (payload.size() > kLongestHello) return false;
  constexpr std::string_view kKey = "\"type\"";
  constexpr std::string_view kHello = "\"hello\"";
  for (std::size_t at = payload.find(kKey); at != std::string_view::npos; at = payload.find(kKey, at + 1)) {
    std::string_view value = without_spaces(payload.substr(at + kKey.size()));
    if (!value.starts_with(':')) continue;
    if (without_spaces(value.substr(1)).starts_with(kHello)) return true;
  }
  return false;
}

}  // namespace earshot::broker
