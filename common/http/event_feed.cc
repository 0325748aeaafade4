#include "common/http/event_feed.h"

#include <algorithm>
#include <utility>

namespace earshot::http {

namespace {

void append_field(std::string& to, std::string_view name, std::string_view value) {
  to += name;
  to += ": ";
  std::ranges::remove_copy_if(value, std::back_inserter(to), [](char c) { return c == '\n' || c == '\r'; });
  to += '\n';
}

}  // namespace

std::string encode(const ServerEvent& event) {
  std::string text;
  if (!event.id.empty()) append_field(text, "id", event.id);
  if (!event.kind.empty()) append_field(text, "event", event.kind);
  std::string_view data = event.data;
  for (;;) {
    const auto end = data.find('\n');
    append_field(text, "data", data.substr(0, end));
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + 1);
  }
  text += '\n';
  return text;
}

bool EventFeed::send_comment(std::string_view text) {
  return push(":" + std::string(text) + "\n\n");
}

void EventFeed::close() {
  if (closed_) return;
  closed_ = true;
  const auto wake = std::exchange(wake_, nullptr);
  const auto on_closed = std::exchange(on_closed_, nullptr);
  if (on_closed) on_closed();
  if (wake) wake();
}

void EventFeed::on_closed(std::function<void()> handler) {
  if (closed_) return handler();
  on_closed_ = std::move(handler);
}

void EventFeed::attach(std::function<void()> wake) {
  if (closed_) return wake();
  wake_ = std::move(wake);
}

std::string EventFeed::take() {
  return std::exchange(queued_, {});
}

bool EventFeed::push(std::string_view text) {
  if (closed_) return false;
  if (queued_.size() + text.size() > max_queued_bytes_) {
    overran_ = true;
    close();
    return false;
  }
  queued_ += text;
  const auto wake = wake_;  // the connection may close this stream from inside the call
  if (wake) wake();
  return !closed_;
}

}  // namespace earshot::http
