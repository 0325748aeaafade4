// Server-sent events out of pieces of any length (WHATWG HTML 9.2). Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::worker {

struct SseEvent {
  std::string name;  // of the `event:` field; empty: "message"
  std::string data;  // lines of `data:` joined by '\n'
  std::string id;    // of this event, if it has one: where to go on after a break
};

class SseReader {
 public:
  explicit SseReader(std::size_t max_event_bytes = 1024 * 1024) : max_event_bytes_(max_event_bytes) {}

  // Calls `on_event` for each complete event; it may stop the reading by returning false.
  // Errors: kTooLarge. Comments and `retry:` are skipped, and one byte order mark at the beginning;
  // CR, LF and CRLF end lines alike.
  Status feed(std::string_view piece, const std::function<bool(const SseEvent&)>& on_event);
  // The body is over: an event without its blank line is given too (several servers leave it out).
  void finish(const std::function<bool(const SseEvent&)>& on_event);

 private:
  bool line(std::string_view text, const std::function<bool(const SseEvent&)>& on_event);

  std::size_t max_event_bytes_;
  std::string partial_;
  SseEvent event_;
  bool first_line_ = true;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::worker
