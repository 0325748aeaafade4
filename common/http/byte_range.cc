#include "common/http/byte_range.h"

#include <algorithm>
#include <charconv>

namespace earshot::http {

namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Digits only: no sign, no white space, no overflow.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

ByteRange choose_range(std::string_view header, std::uint64_t size) {
  static constexpr std::string_view kUnit = "bytes=";
  const ByteRange whole{.kind = ByteRange::Kind::kWhole, .first = 0, .length = size};
  if (!header.starts_with(kUnit)) return whole;
  const std::string_view range = trim(header.substr(kUnit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return whole;
  const auto first = number(range.substr(0, dash));
  const auto last = number(range.substr(dash + 1));
  if ((!first && dash != 0) || (!last && dash + 1 != range.size()) || (!first && !last)) return whole;
  const ByteRange none{.kind = ByteRange::Kind::kUnsatisfiable, .first = 0, .length = 0};
  if (!first) {  // the last `*last` bytes
    if (*last == 0 || size == 0) return none;
    const std::uint64_t length = std::min(*last, size);
    return {.kind = ByteRange::Kind::kPart, .first = size - length, .length = length};
  }
  if (last && *last < *first) return whole;
  if (*first >= size) return none;
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {.kind = ByteRange::Kind::kPart, .first = *first, .length = end - *first + 1};
}

bool matches_etag(std::string_view header, std::string_view etag) {
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  if (etag.empty()) return false;
  if (trim(header) == "*") return true;
  while (!header.empty()) {
    const std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(part.size() + 1, header.size()));
    if (strong(trim(part)) == strong(etag)) return true;
  }
  return false;
}

}  // namespace earshot::http
