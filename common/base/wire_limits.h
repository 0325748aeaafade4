// Limits that both ends of a link have to agree on. Who makes and who takes such a thing includes this.
#pragma once

#include <cstddef>

namespace earshot {

// The largest Opus packet of one frame: TOC and 1275 bytes (RFC 6716 3.2.1). Devices send about 300.
inline constexpr std::size_t kMaxOpusBytes = 1276;
// The JSON-RPC message in an `mcp` message to a device, which takes single messages of about 16 KiB
// (device-protocol 2.1).
inline constexpr std::size_t kMaxMcpDownBytes = 15 * 1024;

}  // namespace earshot
