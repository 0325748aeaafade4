#include "worker/mcp_servers/http_link.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace earshot::worker {

namespace {

constexpr const char* kSessionHeader = "mcp-session-id";
// Who calls a tool has a deadline of its own, which ends the request too.
constexpr Milliseconds kReplyPatience{300'000};
constexpr Milliseconds kListenPatience{24LL * 3'600'000};
constexpr Milliseconds kListenAgainMost{300'000};  // refused again and again
constexpr int kMostResumed = 3;                    // of one answer
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kNotImplemented = 501;

bool is_success(int status) {
  return status >= 200 && status <= 299;
}

}  // namespace

HttpLink::HttpLink(asio::io_context& io, HttpClient& http, WebTerms terms, std::size_t max_message_bytes,
                   ServerLinkHandlers handlers)
    : io_(io),
      http_(http),
      terms_(std::move(terms)),
      max_message_bytes_(max_message_bytes),
      handlers_(std::move(handlers)),
      listen_timer_(io),
      alive_(std::make_shared<HttpLink*>(this)) {}

HttpLink::~HttpLink() {
  *alive_ = nullptr;
  if (session_.empty()) return;
  // The request outlives this link until its answer, which nobody waits for.
  auto last = std::make_shared<std::unique_ptr<HttpStream>>();
  const auto let_go = [last](const Result<HttpHead>&) { last->reset(); };
  HttpCall call = call_to("DELETE");
  call.deadlines.first_byte = Milliseconds(2000);
  *last = http_.start(std::move(call),
                      {.on_head = nullptr, .on_data = [](std::string_view) {}, .on_done = let_go});
}

void HttpLink::open() {
  asio::post(io_, [alive = alive_] {
    if (*alive != nullptr) (*alive)->handlers_.on_up();
  });
}

void HttpLink::version_known(const std::string& version) {
  version_ = version;
  listen_if_ready();
}

HttpCall HttpLink::call_to(const std::string& method) const {
  HttpCall call;
  call.method = method;
  call.url = terms_.url;
  call.headers = terms_.all_headers();
  if (!session_.empty()) call.headers.emplace_back("Mcp-Session-Id", session_);
  if (!version_.empty()) call.headers.emplace_back("MCP-Protocol-Version", version_);
  call.deadlines.first_byte = kReplyPatience;
  call.deadlines.stall = kReplyPatience;
  call.deadlines.total = 2 * kReplyPatience;
  call.max_bytes = std::numeric_limits<std::size_t>::max() / 2;  // each text is bounded for itself
  call.wanted_headers = {kSessionHeader};
  return call;
}

void HttpLink::send(ServerMessage message) {
  queue_.push(std::move(message));
  send_next();
}

void HttpLink::send_next() {
  while (auto message = queue_.next()) post(std::move(*message));
}

void HttpLink::post(ServerMessage message) {
  auto exchange = std::make_shared<Exchange>(max_message_bytes_);
  exchange->request = message.request;
  exchange->barrier = message.barrier;
  exchange->initialize = message.initialize;
  if (message.initialize) {
    session_.clear();
    version_.clear();
    last_heard_.clear();
  }
  HttpCall call = call_to("POST");
  call.headers.emplace_back("Content-Type", "application/json");
  call.headers.emplace_back("Accept", "application/json, text/event-stream");
  call.body = std::move(message.text);
  begin(std::move(call), exchange);
}

void HttpLink::begin(HttpCall call, const std::shared_ptr<Exchange>& exchange) {
  exchange->session = session_;
  const std::uint64_t number = ++last_exchange_;
  exchanges_[number] = exchange;
  const std::weak_ptr<Exchange> weak = exchange;
  exchange->stream =
      http_.start(std::move(call),
                  {.on_head =
                       [this, weak](const HttpHead& head) {
                         if (const auto one = weak.lock()) on_head(*one, head);
                       },
                   .on_data =
                       [this, weak](std::string_view piece) {
                         if (const auto one = weak.lock()) on_data(one, piece);
                       },
                   .on_done = [this, number](const Result<HttpHead>& outcome) { on_done(number, outcome); }});
}

void HttpLink::on_head(Exchange& exchange, const HttpHead& head) {
  exchange.head = head;
  if (!exchange.initialize || !is_success(head.status)) return;
  const auto session = head.headers.find(kSessionHeader);
  if (session != head.headers.end()) session_ = session->second;
}

void HttpLink::on_data(const std::shared_ptr<Exchange>& exchange, std::string_view piece) {
  if (!is_success(exchange->head.status)) return;
  if (exchange->head.content_type != "text/event-stream") {
    const std::size_t room = max_message_bytes_ + 1 - std::min(max_message_bytes_ + 1, exchange->body.size());
    exchange->body += piece.substr(0, room);  // one byte more than allowed tells that it is too much
    return;
  }
  const auto read = exchange->events.feed(piece, [this, &exchange](const SseEvent& event) {
    on_event(*exchange, event);
    return true;
  });
  if (read) return;
  exchange->stream->cancel();
  std::erase_if(exchanges_, [&](const auto& entry) { return entry.second == exchange; });
  finish(exchange, read.error());
}

void HttpLink::on_event(Exchange& exchange, const SseEvent& event) {
  if (!event.id.empty()) (exchange.listens ? last_heard_ : exchange.last_event) = event.id;
  if (!event.data.empty() && (event.name.empty() || event.name == "message"))
    handlers_.on_message(event.data);
}

void HttpLink::on_done(std::uint64_t number, const Result<HttpHead>& outcome) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  const std::shared_ptr<Exchange> exchange = std::move(found->second);
  exchanges_.erase(found);
  if (outcome) on_head(*exchange, *outcome);
  finish(exchange, outcome);
  // It may be inside its own callback: it dies when that has returned.
  asio::post(io_, [exchange] {});
}

void HttpLink::finish(const std::shared_ptr<Exchange>& exchange, const Result<HttpHead>& outcome) {
  if (exchange->listens) {
    listening_ = false;
    const int status = outcome ? outcome->status : 0;
    listens_never_ = status == kMethodNotAllowed || status == kNotImplemented;
    if (!listens_never_) listen_later(is_success(status));
    return;
  }
  if (exchange->barrier) queue_.barrier_passed();
  if (outcome && outcome->status == kNotFound && !exchange->session.empty()) {
    // Of requests of the session before only the reply is missed.
    if (exchange->session == session_) session_.clear();
    handlers_.on_session_gone(exchange->request);
    return send_next();
  }
  const bool whole = outcome && is_success(outcome->status);
  if (whole && exchange->body.size() > max_message_bytes_) {
    handlers_.on_failed(exchange->request, {ErrorCode::kTooLarge, "the tool's answer is too large"});
  } else if (whole && !exchange->body.empty() && exchange->head.content_type == "application/json") {
    handlers_.on_message(exchange->body);
  }
  if (handlers_.is_awaited(exchange->request)) {
    const bool may_resume = !exchange->last_event.empty() && exchange->resumed < kMostResumed &&
                            (whole || !outcome) &&
                            !(!outcome && outcome.error().code == ErrorCode::kTooLarge);
    if (may_resume) {
      take_up(exchange);
    } else if (!outcome) {
      handlers_.on_failed(exchange->request, outcome.error());
    } else if (!whole) {
      handlers_.on_failed(exchange->request,
                          {code_of_status(outcome->status), describe_status(outcome->status)});
    } else {
      handlers_.on_failed(exchange->request, {ErrorCode::kUnavailable, "the tool's server sent no reply"});
    }
  }
  send_next();
}

void HttpLink::take_up(const std::shared_ptr<Exchange>& exchange) {
  auto next = std::make_shared<Exchange>(max_message_bytes_);
  next->request = exchange->request;
  next->last_event = exchange->last_event;
  next->resumed = exchange->resumed + 1;
  HttpCall call = call_to("GET");
  call.headers.emplace_back("Accept", "text/event-stream");
  call.headers.emplace_back("Last-Event-ID", next->last_event);
  begin(std::move(call), next);
}

void HttpLink::listen() {
  listening_ = true;
  auto exchange = std::make_shared<Exchange>(max_message_bytes_);
  exchange->listens = true;
  HttpCall call = call_to("GET");
  call.headers.emplace_back("Accept", "text/event-stream");
  if (!last_heard_.empty()) call.headers.emplace_back("Last-Event-ID", last_heard_);
  call.deadlines.first_byte = kListenPatience;
  call.deadlines.stall = kListenPatience;
  call.deadlines.total = kListenPatience;
  begin(std::move(call), exchange);
}

// A server that is away, or a session that is over, need not be so for ever.
void HttpLink::listen_later(bool was_heard) {
  if (was_heard) listen_pause_ = kListenAgain;
  listen_timer_.expires_after(listen_pause_);
  listen_pause_ = std::min(2 * listen_pause_, kListenAgainMost);
  listen_timer_.async_wait([alive = alive_](error_code failure) {
    if (!failure && *alive != nullptr) (*alive)->listen_if_ready();
  });
}

void HttpLink::listen_if_ready() {
  if (!version_.empty() && !listening_ && !listens_never_) listen();
}

}  // namespace earshot::worker
