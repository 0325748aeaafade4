// The least that commands could cost: the same count at once, through a mosquitto with nothing behind it, to as
// many devices and back to the one who asked. What the gateway's commands are measured against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/commands/operator_client.h"
#include "common/base/result.h"

namespace earshot::bench {

// Starts a broker of its own on `port`, with its files in `folder`, and ends it again. Blocks.
// Errors: the broker does not start, or a client is not let in.
Result<OperatorClient::Summary> bare_round_trips(const std::filesystem::path& folder, std::uint16_t port,
                                                 const std::vector<std::string>& macs, std::size_t count,
                                                 const std::string& request);

}  // namespace earshot::bench
