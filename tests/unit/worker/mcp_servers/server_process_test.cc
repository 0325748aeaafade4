// Real programs, bounded waits.
#include "worker/mcp_servers/server_process.h"

#include <gtest/gtest.h>

#include <chrono>

namespace earshot::worker {
namespace {

TEST(ServerProcess, WhoWritesMuchOnBothPipesIsReadOnBoth) {
  // Each pipe has more than a second's share of both, so both wait for the next second.
  const std::size_t bytes = ServerProcess::kBytesASecond;
  const std::string write = "head -c " + std::to_string(bytes) + " /dev/zero";
  asio::io_context io{1};
  std::size_t output = 0;
  std::size_t errors = 0;
  auto process =
      ServerProcess::start(io,
                           {.program = "/bin/sh",
                            .arguments = {"-c", write + " & " + write + " >&2; wait; read end"},
                            .environment = {{"PATH", "/usr/bin:/bin"}},
                            .folder = {}},
                           {.on_output = [&](std::string_view piece) { output += piece.size(); },
                            .on_error_output = [&](std::string_view piece) { errors += piece.size(); },
                            .on_ended = nullptr});
  ASSERT_TRUE(process.ok());
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while ((output < bytes || errors < bytes) && std::chrono::steady_clock::now() < patience)
    io.run_one_for(std::chrono::seconds(1));
  EXPECT_EQ(output, bytes);
  EXPECT_EQ(errors, bytes);
}

}  // namespace
}  // namespace earshot::worker
