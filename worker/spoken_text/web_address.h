// Addresses in a text that is spoken: nobody wants to hear more of one than its host. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

// Is `text` the beginning of "https://", "http://" or "www."?
bool may_become_web_address(std::string_view text);
// RETURNS: the bytes at the front of `text` that an address could go on over; 0: none begins here.
std::size_t web_address_extent(std::string_view text);
// RETURNS: the bytes of the address (RFC 3986 with a scheme http or https, or "www....") at the front of
// `text`, without a mark that belongs to the sentence; 0: there is none.
std::size_t web_address_bytes(std::string_view text);
// "example.com" of "https://www.example.com:80/a?b#c"; nullopt: it is no such address.
std::optional<std::string> web_host(std::string_view address);

}  // namespace earshot::worker
