// JSON-RPC lines out of pieces of any length: what an MCP server writes to its standard output. Pure.
//
// Bytes are hostile. A line that is too long is dropped as it comes, and only its ends are kept: they may tell which
// request it answered, so that whoever waits is told at once and not after the deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

class LineReader {
 public:
  struct Handlers {
    std::function<void(std::string_view line)> on_line;  // without its end; never empty
    std::function<void(std::optional<std::int64_t> request)> on_too_long;
  };

  explicit LineReader(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  void feed(std::string_view piece, const Handlers& handlers);

 private:
  void end_line(const Handlers& handlers);
  void drop(std::string_view part);

  std::size_t max_line_bytes_;
  std::string line_;
  bool too_long_ = false;
  std::string head_;  // of a line that is too long
  std::string tail_;
};

// The id of the reply whose text begins and ends so: some servers write it in front of the result, some behind it.
// nullopt: neither end tells.
std::optional<std::int64_t> reply_id(std::string_view head, std::string_view tail);

}  // namespace earshot::worker
