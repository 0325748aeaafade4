#include "common/json/json.h"

#include <cmath>
#include <limits>

namespace earshot::json {

namespace {

// Length of the well-formed UTF-8 character at the front of `text` (Unicode 15, table 3-7); 0 if malformed.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

Result<value> parse_value(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return Error{ErrorCode::kTooLarge, "JSON text is larger than allowed"};
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code failure;
  value parsed = boost::json::parse(text, failure, {}, options);
  if (failure) return Error{ErrorCode::kInvalid, "not JSON: " + failure.message()};
  return parsed;
}

Result<object> parse_object(std::string_view text, std::size_t max_bytes) {
  auto parsed = parse_value(text, max_bytes);
  if (!parsed) return parsed.error();
  if (!parsed->is_object()) return Error{ErrorCode::kInvalid, "JSON, but not an object"};
  return std::move(parsed->as_object());
}

std::optional<std::string_view> find_string(const object& from, std::string_view key) {
  const value* found = from.if_contains(key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string());
}

std::optional<std::int64_t> find_int(const object& from, std::string_view key) {
  const value* found = from.if_contains(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  if (found->is_double()) {
    const double number = found->get_double();
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double skips integers
    if (std::abs(number) <= kExact && std::trunc(number) == number) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;  // uint64 above INT64_MAX is nothing that a peer of ours sends
}

std::optional<bool> find_bool(const object& from, std::string_view key) {
  const value* found = from.if_contains(key);
  if (found == nullptr || !found->is_bool()) return std::nullopt;
  return found->get_bool();
}

const object* find_object(const object& from, std::string_view key) {
  const value* found = from.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

const array* find_array(const object& from, std::string_view key) {
  const value* found = from.if_contains(key);
  return found == nullptr ? nullptr : found->if_array();
}

std::string clean_text(std::string_view text, std::size_t max_bytes) {
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string clean;
  clean.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view piece = length == 0 ? kReplacement : text.substr(0, length);
    if (clean.size() + piece.size() > max_bytes) break;
    clean += piece;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace earshot::json
