// Reads server-sent events (WHATWG HTML 9.2.6) from bytes as they come. Pure.
//
// Bounded: a line longer than kMaxLineBytes is thrown away and counted;
// an event keeps kMaxDataBytes of its data.
// Lifecycle: feed() with each piece, in order; a new connection needs a new reader.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace earshot::http {

struct StreamEvent {
  std::string id;    // the last id that the stream told; empty: none yet
  std::string kind;  // `event:`; "message" when it did not say
  std::string data;
};

class EventStreamReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 64 * 1024;
  static constexpr std::size_t kMaxDataBytes = 256 * 1024;

  // Calls `on_event` for each event that is complete. A comment or an event without data calls nothing.
  void feed(std::string_view bytes, const std::function<void(const StreamEvent&)>& on_event);
  std::uint64_t dropped() const { return dropped_; }  // lines and events that were too long

 private:
  void take_line(const std::function<void(const StreamEvent&)>& on_event);

  std::string line_;
  bool line_too_long_ = false;
  bool after_cr_ = false;  // CRLF is one end of line, also when it comes in two pieces
  StreamEvent event_;
  bool has_data_ = false;
  bool data_too_long_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace earshot::http
