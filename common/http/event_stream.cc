#include "common/http/event_stream.h"

#include <utility>

namespace earshot::http {

void EventStreamReader::feed(std::string_view bytes,
                             const std::function<void(const StreamEvent&)>& on_event) {
  for (const char c : bytes) {
    const bool second_half = std::exchange(after_cr_, c == '\r') && c == '\n';
    if (second_half) continue;
    if (c == '\r' || c == '\n') {
      take_line(on_event);
    } else if (line_.size() < kMaxLineBytes) {
      line_.push_back(c);
    } else {
      line_too_long_ = true;
    }
  }
}

void EventStreamReader::take_line(const std::function<void(const StreamEvent&)>& on_event) {
  const std::string line = std::exchange(line_, {});
  if (std::exchange(line_too_long_, false)) {
    ++dropped_;
    return;
  }
  if (line.empty()) {
    if (has_data_ && !data_too_long_) {
      if (event_.kind.empty()) event_.kind = "message";
      on_event(event_);
    }
    if (data_too_long_) ++dropped_;
    event_.kind.clear();
    event_.data.clear();
    has_data_ = data_too_long_ = false;
    return;
  }
  const auto colon = line.find(':');
  const std::string_view field = std::string_view(line).substr(0, colon);
  std::string_view value;
  if (colon != std::string::npos) value = std::string_view(line).substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    event_.kind = value;
  } else if (field == "id") {
    if (value.find('\0') == std::string_view::npos) event_.id = value;
  } else if (field == "data") {
    if (event_.data.size() + value.size() + 1 > kMaxDataBytes) {
      data_too_long_ = true;
      return;
    }
    if (has_data_) event_.data.push_back('\n');
    event_.data += value;
    has_data_ = true;
  }
}

}  // namespace earshot::http
