#include "worker/mcp_servers/line_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kEndBytes = 256;  // kept of each end
constexpr std::string_view kIdMember = "\"id\"";

std::optional<std::int64_t> number_behind(std::string_view text, std::size_t member) {
  const std::size_t digits = text.find_first_not_of(" :", member + kIdMember.size());
  if (digits == std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data() + digits, text.data() + text.size(), number);
  if (failure != std::errc() || end == text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void LineReader::feed(std::string_view piece, const Handlers& handlers) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (!too_long_ && line_.size() + part.size() > max_line_bytes_) {
      too_long_ = true;
      drop(std::exchange(line_, {}));
    }
    if (too_long_) {
      drop(part);
    } else {
      line_ += part;
    }
    if (end == std::string_view::npos) return;
    piece.remove_prefix(end + 1);
    end_line(handlers);
  }
}

void LineReader::end_line(const Handlers& handlers) {
  if (std::exchange(too_long_, false)) {
    const std::string head = std::exchange(head_, {});
    return handlers.on_too_long(reply_id(head, std::exchange(tail_, {})));
  }
  const std::string line = std::exchange(line_, {});
  std::string_view text = line;
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (!text.empty()) handlers.on_line(text);
}

void LineReader::drop(std::string_view part) {
  head_ += part.substr(0, kEndBytes - std::min(head_.size(), kEndBytes));
  tail_ += part.substr(part.size() - std::min(part.size(), kEndBytes));
  if (tail_.size() > kEndBytes) tail_.erase(0, tail_.size() - kEndBytes);
}

std::optional<std::int64_t> reply_id(std::string_view head, std::string_view tail) {
  const std::size_t in_head = head.find(kIdMember);
  if (in_head < head.find("\"result\"")) {
    if (const auto id = number_behind(head, in_head)) return id;
  }
  const std::size_t in_tail = tail.rfind(kIdMember);
  return in_tail == std::string_view::npos ? std::nullopt : number_behind(tail, in_tail);
}

}  // namespace earshot::worker
