// What a tool said, from the device's JSON-RPC reply (device-protocol 8.1, 8.2). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::worker {

// The texts of the result, valid UTF-8 of at most `max_bytes`; pictures are for screens, not for a voice.
// Errors: kInvalid, with what the device said of it (an error, `isError`, or neither result nor error).
Result<std::string> read_tool_result(const json::object& reply, std::size_t max_bytes);

}  // namespace earshot::worker
