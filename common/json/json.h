// The one door to JSON (Boost.JSON): bounded parsing of hostile text, and lookups that never throw.
#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::json {

using boost::json::array;
using boost::json::object;
using boost::json::serialize;
using boost::json::value;

inline constexpr std::size_t kMaxDepth = 32;  // a device nests 6 levels at most (tools/list schemas)

// Errors: kTooLarge, kInvalid (not JSON, deeper than kMaxDepth, or not an object).
Result<object> parse_object(std::string_view text, std::size_t max_bytes);
Result<value> parse_value(std::string_view text, std::size_t max_bytes);

// nullopt / nullptr when the member is missing or of another type. Views live as long as the object.
std::optional<std::string_view> find_string(const object& from, std::string_view key);
// Integers, and doubles without fraction.
std::optional<std::int64_t> find_int(const object& from, std::string_view key);
std::optional<bool> find_bool(const object& from, std::string_view key);
const object* find_object(const object& from, std::string_view key);
const array* find_array(const object& from, std::string_view key);

// Valid UTF-8 of at most max_bytes: bad sequences become U+FFFD, the cut falls between characters.
std::string clean_text(std::string_view text, std::size_t max_bytes);

}  // namespace earshot::json
