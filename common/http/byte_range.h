// Range, If-Range and If-None-Match (RFC 9110 13 and 14). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace earshot::http {

// Which bytes of `size` an answer holds.
struct ByteRange {
  enum class Kind { kWhole, kPart, kUnsatisfiable };
  Kind kind = Kind::kWhole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// `header` is the value of Range; empty, malformed, of another unit or of several ranges: the whole is sent,
// as the standard allows.
ByteRange choose_range(std::string_view header, std::uint64_t size);

// A list of entity tags, or `*`; weak comparison.
bool matches_etag(std::string_view header, std::string_view etag);

}  // namespace earshot::http
