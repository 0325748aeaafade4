// Who asked, told by the JSON-RPC id: the ids of operators' commands are the gateway's, all below are the
// worker's. So an answer finds its way whether a session is open or not. Pure.
#pragma once

#include <cstdint>

namespace earshot::gateway {

// The device cuts ids to int32 (device-protocol 8.1).
inline constexpr std::int64_t kFirstCommandId = 1'000'000'000;
inline constexpr std::int64_t kLastCommandId = 2'147'483'647;

constexpr bool is_command_id(std::int64_t id) {
  return id >= kFirstCommandId && id <= kLastCommandId;
}

}  // namespace earshot::gateway
