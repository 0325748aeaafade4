#include "worker/providers/llm/reply_reader.h"

#include <limits>

namespace earshot::worker {

Result<json::object> parse_event(std::string_view data) {
  constexpr std::size_t kMaxEventBytes = 4 * 1024 * 1024;  // the framing allows less
  auto parsed = json::parse_object(data, kMaxEventBytes);
  if (!parsed) parsed = json::parse_object(json::clean_text(data, data.size() * 3), kMaxEventBytes);
  if (!parsed) return Error{ErrorCode::kInvalid, "an event of the stream is not a JSON object"};
  return parsed;
}

std::uint32_t token_count(const json::object& usage, std::string_view key) {
  const std::int64_t count = json::find_int(usage, key).value_or(0);
  return count < 0 || count > std::numeric_limits<std::uint32_t>::max() ? 0
                                                                        : static_cast<std::uint32_t>(count);
}

}  // namespace earshot::worker
