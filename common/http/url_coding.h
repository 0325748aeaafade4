// Percent-coding (RFC 3986 2.1) of paths and queries. Input is hostile; what comes out is valid UTF-8 without
// control characters. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earshot::http {

// nullopt: a broken escape, a control character (also an escaped one:
// a NUL would cut a file name short), or not UTF-8.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // all but the unreserved characters

// The segments behind the leading '/', each decoded by itself, so that %2F is no separator. nullopt: not
// decodable, without a leading '/', or with a segment `.` or `..` in any spelling (path traversal).
std::optional<std::vector<std::string>> split_path(std::string_view path);

// name=value pairs joined by '&'; '+' is a space. nullopt: not decodable.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace earshot::http
