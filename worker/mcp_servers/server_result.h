// What a tool of an MCP server said, from its JSON-RPC reply. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::worker {

// Valid UTF-8 of at most `max_bytes`. Pictures, sounds and files are named, with their type, for nobody can hear
// them; without any text the structured content is given.
// Errors: kInvalid, with what the server said of it (an error, `isError`, or neither result nor error).
Result<std::string> read_server_result(const json::object& reply, std::size_t max_bytes);

}  // namespace earshot::worker
