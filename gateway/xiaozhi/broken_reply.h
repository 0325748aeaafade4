// What can still be told of a device's MCP reply that is no JSON, or too large to be read: whose it is. Pure.
//
// Read from its beginning only, where the firmware writes the ids, before anything that could hold quotes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::gateway {

struct BrokenReply {
  std::int64_t id = 0;     // of the request that it answers
  std::string session_id;  // as written, perhaps none of ours; empty if absent
};

// nullopt: no MCP message, no number for an id, or a request of the device.
std::optional<BrokenReply> read_broken_reply(std::string_view text);

}  // namespace earshot::gateway
