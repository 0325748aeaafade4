#include "worker/mcp_servers/sse_link.h"

#include <limits>
#include <utility>

#include "worker/mcp_servers/web_address.h"

namespace earshot::worker {

namespace {

// A server that keeps the stream alive says something more often; one that does not is asked for it anew.
constexpr Milliseconds kStreamSilence{3'600'000};
constexpr Milliseconds kStreamLongest{24LL * 3'600'000};
constexpr Milliseconds kFirstEvent{15'000};
constexpr std::size_t kMaxPostAnswerBytes = 64 * 1024;  // "Accepted"

}  // namespace

SseLink::SseLink(HttpClient& http, WebTerms terms, std::size_t max_event_bytes, ServerLinkHandlers handlers)
    : http_(http), terms_(std::move(terms)), handlers_(std::move(handlers)), events_(max_event_bytes) {}

void SseLink::open() {
  HttpCall call;
  call.method = "GET";
  call.url = terms_.url;
  call.headers = terms_.all_headers();
  call.headers.emplace_back("Accept", "text/event-stream");
  call.deadlines.first_byte = kFirstEvent;
  call.deadlines.stall = kStreamSilence;
  call.deadlines.total = kStreamLongest;
  call.max_bytes = std::numeric_limits<std::size_t>::max() / 2;  // events_ bounds each event
  auto status = std::make_shared<int>(0);
  stream_ = http_.start(
      std::move(call),
      {.on_head = [status](const HttpHead& head) { *status = head.status; },
       .on_data =
           [this, status](std::string_view piece) {
             if (*status != 200) return;
             const auto read = events_.feed(piece, [this](const SseEvent& event) {
               on_event(event);
               return true;
             });
             if (!read) down(read.error().message);
           },
       .on_done =
           [this](const Result<HttpHead>& outcome) {
             if (!outcome) return down(outcome.error().message);
             down(outcome->status == 200 ? "it has ended the stream" : describe_status(outcome->status));
           }});
}

void SseLink::on_event(const SseEvent& event) {
  if (event.name == "endpoint") {
    if (!post_url_.empty()) return;
    const auto url = same_origin_url(terms_.url, event.data);
    if (!url) return down("it names an address of another server");
    post_url_ = *url;
    return handlers_.on_up();
  }
  if (event.name.empty() || event.name == "message") handlers_.on_message(event.data);
}

void SseLink::send(ServerMessage message) {
  queue_.push(std::move(message));
  send_next();
}

void SseLink::send_next() {
  while (auto message = queue_.next()) post(std::move(*message));
}

void SseLink::post(ServerMessage message) {
  HttpCall call;
  call.url = post_url_;
  call.headers = terms_.all_headers();
  call.headers.emplace_back("Content-Type", "application/json");
  call.body = std::move(message.text);
  call.max_bytes = kMaxPostAnswerBytes;
  const std::uint64_t number = ++last_post_;
  posts_[number] =
      http_.start(std::move(call),
                  {.on_head = nullptr,
                   .on_data = [](std::string_view) {},
                   .on_done = [this, number, message = std::move(message)](
                                  const Result<HttpHead>& outcome) { on_posted(number, message, outcome); }});
}

void SseLink::on_posted(std::uint64_t number, const ServerMessage& message, const Result<HttpHead>& outcome) {
  const ServerMessage posted = message;  // the request goes, and what it holds
  posts_.erase(number);
  if (posted.barrier) queue_.barrier_passed();
  if (outcome && outcome->status == 404) return down("it has forgotten the session");
  if (!outcome) {
    handlers_.on_failed(posted.request, outcome.error());
  } else if (outcome->status < 200 || outcome->status > 299) {
    handlers_.on_failed(posted.request, {code_of_status(outcome->status), describe_status(outcome->status)});
  }
  send_next();
}

void SseLink::down(const std::string& why) {
  if (const auto tell = std::exchange(handlers_.on_down, nullptr)) tell(why);
}

}  // namespace earshot::worker
