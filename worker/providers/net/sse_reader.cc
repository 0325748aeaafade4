#include "worker/providers/net/sse_reader.h"

#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxIdBytes = 256;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Status SseReader::feed(std::string_view piece, const std::function<bool(const SseEvent&)>& on_event) {
  while (!piece.empty() && !stopped_) {
    if (after_cr_ && piece.front() == '\n') piece.remove_prefix(1);
    after_cr_ = false;
    const auto end = piece.find_first_of("\r\n");
    const std::string_view part = piece.substr(0, end);
    if (partial_.size() + event_.data.size() + part.size() > max_event_bytes_) {
      return Error{ErrorCode::kTooLarge, "an event of the stream is too large"};
    }
    partial_ += part;
    if (end == std::string_view::npos) return kDone;
    after_cr_ = piece[end] == '\r';
    piece.remove_prefix(end + 1);
    const std::string whole = std::exchange(partial_, {});
    if (!line(whole, on_event)) stopped_ = true;
  }
  return kDone;
}

void SseReader::finish(const std::function<bool(const SseEvent&)>& on_event) {
  if (stopped_) return;
  const std::string last = std::exchange(partial_, {});
  if (!last.empty() && !line(last, on_event)) return;
  line({}, on_event);
}

bool SseReader::line(std::string_view text, const std::function<bool(const SseEvent&)>& on_event) {
  if (std::exchange(first_line_, false) && text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  if (text.empty()) {
    const SseEvent complete = std::exchange(event_, {});
    return !std::exchange(has_data_, false) || on_event(complete);
  }
  const auto colon = text.find(':');
  const std::string_view field = text.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (field == "event") {
    event_.name = value;
  } else if (field == "id" && value.size() <= kMaxIdBytes && value.find('\0') == std::string_view::npos) {
    event_.id = value;
  }
  return true;
}

}  // namespace earshot::worker
