// The parts of a URL that tell whom it leads to. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

// "http://host:1" of "http://user@host:1/path?x"; nullopt: no such URL of HTTP.
std::optional<std::string> url_origin(std::string_view url);
// What `reference` means on the page `base` (RFC 3986 5.2, without dot segments): nullopt: it leads to another
// origin, where a server has no business to send what we tell it.
std::optional<std::string> same_origin_url(std::string_view base, std::string_view reference);

}  // namespace earshot::worker
