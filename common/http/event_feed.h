// Server-sent events to one client (text/event-stream). The handler makes one, keeps it to send to, and
// replies with it; the connection writes what is queued, and a comment line when nothing came for a while.
//
// Runs on: the server's executor.
// Bounded: a client that leaves more than max_queued_bytes unread is closed.
// Lifecycle: made -> replied with -> closed, by either side, once; then on_closed is called (from inside
// close() or send()), and all handlers are dropped.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace earshot::http {

struct ServerEvent {
  std::string id;    // empty: none
  std::string kind;  // empty: "message"
  std::string data;
};

// The wire form; line breaks in the data are kept, in id and kind dropped.
std::string encode(const ServerEvent& event);

class EventFeed {
 public:
  static constexpr std::size_t kMaxQueuedBytes = 256 * 1024;

  explicit EventFeed(std::size_t max_queued_bytes = kMaxQueuedBytes) : max_queued_bytes_(max_queued_bytes) {}

  // RETURNS: false when it is closed, also by this very call.
  bool send(const ServerEvent& event) { return push(encode(event)); }
  bool send_comment(std::string_view text);
  void close();
  // Called at once when it is closed already.
  void on_closed(std::function<void()> handler);

  bool is_closed() const { return closed_; }
  bool overran() const { return overran_; }  // closed because the client reads too slowly

  // For the connection: `wake` is called when something was queued, or at the close.
  void attach(std::function<void()> wake);
  std::string take();  // all that is queued

 private:
  bool push(std::string_view text);

  std::size_t max_queued_bytes_;
  std::string queued_;
  std::function<void()> wake_;
  std::function<void()> on_closed_;
  bool closed_ = false;
  bool overran_ = false;
};

}  // namespace earshot::http
