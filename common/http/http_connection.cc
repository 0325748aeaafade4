#include "common/http/http_connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/http/byte_range.h"
#include "common/http/event_feed.h"
#include "common/http/file_reader.h"
#include "common/http/message_head.h"
#include "common/http/upgrade_source.h"
#include "common/http/websocket_handshake.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

constexpr std::size_t kFilePiece = 128 * 1024;
constexpr std::size_t kMaxDiscarded = 1024 * 1024;
constexpr Milliseconds kLinger{2000};

Milliseconds time_for(std::uint64_t bytes, Milliseconds at_least) {
  return at_least + Milliseconds(bytes * 1000 / kSlowestBytesPerSecond);
}

class HttpConnection final : public Connection,
                             public UpgradeHost,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::unique_ptr<ServerStream> stream, std::shared_ptr<ServerShared> shared)
      : stream_(std::move(stream)), timer_(stream_->get_executor()), shared_(std::move(shared)) {
    peer_ = address_text(stream_->peer());
    own_address_ = address_text(stream_->own());
    counted_ = is_counted(peer_);
    if (counted_) ++shared_->by_peer[limit_key(peer_)];
    shared_->connections.insert(this);
  }
  ~HttpConnection() override {
    shared_->connections.erase(this);
    if (!counted_) return;
    const auto found = shared_->by_peer.find(limit_key(peer_));
    if (--found->second == 0) shared_->by_peer.erase(found);
  }

  void start() {
    const ServerSecurity& security = shared_->security;
    if (!security.tls) return read_head();
    const bool plain = security.plain_from_this_host && (is_loopback(peer_) || peer_ == own_address_);
    arm(limits().request_deadline);
    stream_->secure(security.tls->new_session(),
                    plain ? ServerStream::PlainText::kTaken : ServerStream::PlainText::kRefused,
                    [self = shared_from_this()](const error_code& failure) { self->on_secure(failure); });
  }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(limits().header_bytes);
    parser_->body_limit(boost::none);  // the route says it, once the head is here
    arm(limits().request_deadline);
    bhttp::async_read_header(
        *stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_head(failure); });
  }

  void close() override {
    const auto self = shared_from_this();  // waiting_ may be the last to hold this
    waiting_.reset();
    if (closed_) return;
    closed_ = true;
    disarm();
    if (const auto on_sent = std::exchange(on_sent_, nullptr)) on_sent(false);
    if (const auto events = std::exchange(events_, nullptr)) {
      --shared_->stats.event_streams;
      if (events->overran()) ++shared_->stats.slow_streams;
      events->close();
    }
    stream_->close();
  }

 private:
  const ServerLimits& limits() const { return shared_->limits; }
  bool is_counted(const std::string& address) const {
    return !limits().trusted_proxies.trusts(address) && (limits().count_loopback || !is_loopback(address));
  }
  bool is_waiting_for(std::uint64_t number) const { return waiting_ && request_number_ == number; }

  // --- deadlines: a late read is told 408, a late write is closed.

  void arm(Milliseconds after) {
    timer_.expires_after(after);
    timer_.async_wait([weak = weak_from_this(), id = ++deadline_](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self && id == self->deadline_) self->on_deadline();
    });
  }
  void disarm() {
    ++deadline_;
    timer_.cancel();
  }
  void on_deadline() {
    if (upgrading_) {
      ++shared_->stats.timeouts;
      keep_alive_ = false;
      return answer(json_error(503, "nobody decided in time"));
    }
    late_ = true;
    if (answered_ || lingering_) {
      if (answered_) ++shared_->stats.timeouts;
      return close();
    }
    stream_->cancel();  // the read ends with operation_aborted, or has ended already
  }

  void on_secure(const error_code& failure) {
    if (closed_) return;
    disarm();
    if (!failure && !late_) return read_head();
    if (failure != asio::error::eof) ++shared_->stats.tls_failures;
    close();
  }

  // --- reading

  // RETURNS: true when the failure ended the request.
  bool failed(const error_code& failure) {
    if (closed_) return true;
    disarm();
    if (late_) {
      const bool begun = buffer_.size() > 0 || parser_->got_some();
      if (!begun) return close(), true;
      ++shared_->stats.timeouts;
      return refuse(json_error(408, "the request came too slowly")), true;
    }
    if (!failure) return false;
    if (failure == bhttp::error::body_limit || failure == bhttp::error::header_limit ||
        failure == bhttp::error::buffer_overflow) {
      ++shared_->stats.malformed;
      return refuse(json_error(failure == bhttp::error::body_limit ? 413 : 431, "the request is too large")),
             true;
    }
    const bool nonsense = failure.category() == make_error_code(bhttp::error::bad_method).category();
    if (!nonsense || failure == bhttp::error::end_of_stream || failure == bhttp::error::partial_message)
      return close(), true;
    ++shared_->stats.malformed;
    return refuse(json_error(400, "not an HTTP request")), true;
  }

  void on_head(const error_code& failure) {
    if (failed(failure)) return;
    ++shared_->stats.requests;
    const auto& head = parser_->get();
    keep_alive_ = head.keep_alive();
    request_ = to_request(head);
    request_.peer = peer_;
    request_.secure = stream_->is_secure() || limits().trusted_proxies.client_used_tls(request_);
    request_.peer = limits().trusted_proxies.client_of(request_);
    request_.from_this_host = is_loopback(request_.peer) || request_.peer == own_address_;
    if (head.version() >= 11 && asks_for_websocket(request_)) {
      if (const auto* route = shared_->router->find_websocket(request_)) return upgrade(*route);
      ++shared_->stats.unwanted_upgrades;
      shared_->unwanted_upgrades.note(request_, std::chrono::steady_clock::now());
    }
    auto found = shared_->router->find(request_);
    if (auto* refusal = std::get_if<Response>(&found)) return refuse(std::move(*refusal));
    route_ = *std::get_if<const Router::Route*>(&found);
    const std::uint64_t length = parser_->content_length().value_or(0);
    if (length > route_->options.body_bytes)
      return refuse(json_error(413, "the body is larger than the " +
                                        std::to_string(route_->options.body_bytes) +
                                        " bytes that this path takes"));
    const bool has_body = length > 0 || parser_->chunked();
    if (has_body && !has_media_type(request_, route_->options.media_type))
      return refuse(json_error(415, "the body must be of Content-Type " + route_->options.media_type));
    if (route_->options.admit) {
      if (auto refusal = route_->options.admit(request_)) return refuse(std::move(*refusal));
    }
    parser_->body_limit(route_->options.body_bytes);
    const std::uint64_t expected = parser_->chunked() ? route_->options.body_bytes : length;
    arm(time_for(expected, limits().request_deadline));
    if (has_body && beast::iequals(head[bhttp::field::expect], "100-continue")) return tell_to_continue();
    read_body();
  }

  void tell_to_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(*stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code failure, std::size_t) {
                        if (self->failed(failure)) return;
                        self->read_body();
                      });
  }

  void read_body() {
    if (parser_->is_done()) return dispatch();
    bhttp::async_read(*stream_, buffer_, *parser_,
                      [self = shared_from_this()](error_code failure, std::size_t) {
                        if (!self->failed(failure)) self->dispatch();
                      });
  }

  void dispatch() {
    disarm();  // the handler may take its time
    request_.body = std::move(parser_->get().body());
    waiting_ = shared_from_this();  // alive until the answer or close()
    // A weak reference: a handler that never replies must not keep a closed connection. The number: a second
    // reply must not answer the next request.
    Router::run(*route_, request_, [weak = weak_from_this(), number = ++request_number_](Response response) {
      const auto self = weak.lock();
      if (self && self->is_waiting_for(number)) return self->answer(std::move(response));
      if (response.events) response.events->close();  // whoever feeds it must stop
    });
  }

  // --- a WebSocket

  void upgrade(const Router::WebSocketRoute& route) {
    if (auto refusal = refuse_handshake(request_)) return refuse(std::move(*refusal));
    // A body, or frames ahead of the answer: whoever stands between the two of us and knows nothing of
    // WebSockets would take them for a second request (RFC 6455 10.3).
    if (!parser_->is_done() || buffer_.size() > 0) {
      keep_alive_ = false;
      return refuse(json_error(400, "nothing may follow before the answer"));
    }
    auto place = shared_->websockets.take(is_counted(request_.peer) ? limit_key(request_.peer) : "");
    if (!place) {
      ++shared_->stats.refused_connections;
      return refuse(json_error(503, "too many WebSockets"));
    }
    upgrading_ = true;
    arm(limits().request_deadline);
    waiting_ = shared_from_this();  // alive until it is decided, or close()
    const std::uint64_t number = ++request_number_;
    Router::run(route, PendingUpgrade(std::make_unique<PendingUpgrade::Source>(
                           stream_->get_executor(), weak_from_this(), number, request_, std::move(*place))));
  }

  std::unique_ptr<ServerStream> give_away(const Executor& executor, std::uint64_t number) override {
    if (!is_waiting_for(number)) return nullptr;
    const auto self = shared_from_this();  // waiting_ is the last to hold this
    disarm();
    closed_ = true;
    ++shared_->stats.websockets;
    waiting_.reset();
    return stream_->move_to(executor);
  }
  void refuse_upgrade(Response response, std::uint64_t number) override {
    if (is_waiting_for(number)) answer(std::move(response));
  }

  // --- answering

  // An answer before the whole request was read: what is left of it cannot be told from a next one.
  void refuse(Response response) {
    if (!parser_->is_done()) keep_alive_ = false;
    answer(std::move(response));
  }

  void answer(Response response) {
    disarm();
    answered_ = true;
    upgrading_ = false;
    waiting_.reset();
    if (response.events) return start_events(response);
    if (response.file) return open_file(std::move(response));
    if (is_unchanged(request_, response)) response.status = 304;
    const bool has_body = response.status != 304;
    const std::size_t size = has_body ? response.body.size() : 0;
    start_message(response);
    if (has_body) message_->content_length(size);
    if (has_body && request_.method != "HEAD") message_->body() = std::move(response.body);
    on_sent_ = std::move(response.on_sent);
    arm(time_for(size, limits().request_deadline) + response.takes);
    bhttp::async_write(*stream_, *message_, [self = shared_from_this()](error_code failure, std::size_t) {
      self->on_written(failure);
    });
  }

  void start_message(const Response& response) { message_.emplace(message_head(response, keep_alive_)); }

  void on_written(const error_code& failure) {
    if (closed_) return;
    disarm();
    if (failure) return close();
    if (const auto on_sent = std::exchange(on_sent_, nullptr)) on_sent(true);
    if (closed_) return;
    if (!keep_alive_) return linger();
    answered_ = false;
    late_ = false;
    request_ = {};
    read_head();
  }

  // Closing while bytes of the client wait unread would reset the connection, and the answer could be lost on
  // its way: what still comes is read and dropped, for a while.
  void linger() {
    stream_->shutdown_send();
    answered_ = false;
    lingering_ = true;
    arm(kLinger);
    discard(0);
  }
  void discard(std::size_t so_far) {
    buffer_.clear();
    stream_->async_read_some(buffer_.prepare(16 * 1024),
                             [self = shared_from_this(), so_far](error_code failure, std::size_t bytes) {
                               if (self->closed_) return;
                               if (failure || so_far + bytes > kMaxDiscarded) return self->close();
                               self->discard(so_far + bytes);
                             });
  }

  // --- files. Opened and read on the file thread;
  // this connection is moved there and back, so that it never dies there.

  template <class Read, class Then>
  void on_file_thread(Read read, Then then) {
    if (!shared_->files) shared_->files = std::make_unique<asio::thread_pool>(1);
    asio::post(*shared_->files, [self = shared_from_this(), home = stream_->get_executor(),
                                 read = std::move(read), then = std::move(then)]() mutable {
      auto result = read();
      asio::post(home,
                 [self = std::move(self), then = std::move(then), result = std::move(result)]() mutable {
                   if (!self->closed_) then(*self, std::move(result));
                 });
    });
  }

  void open_file(Response response) {
    auto path = response.file->path;
    on_file_thread([path = std::move(path)] { return FileReader::open(path); },
                   [response = std::move(response)](HttpConnection& self, Result<FileReader> file) mutable {
                     self.start_file(std::move(response), std::move(file));
                   });
  }

  void start_file(Response response, Result<FileReader> opened) {
    if (!opened || response.file->offset > opened->size()) return answer(json_error(404, "the file is gone"));
    const std::uint64_t rest = opened->size() - response.file->offset;
    const std::uint64_t size = std::min(rest, response.file->length.value_or(rest));
    std::string_view wanted = request_.headers.find("Range");
    const auto if_range = request_.headers.find("If-Range");
    if (!if_range.empty() && if_range != response.headers.find("ETag")) wanted = {};
    const ByteRange range = choose_range(request_.method == "GET" ? wanted : "", size);
    response.headers.add("Accept-Ranges", "bytes");
    const auto of_size = "/" + std::to_string(size);
    if (is_unchanged(request_, response)) {
      response.file.reset();
      return answer(std::move(response));
    }
    if (range.kind == ByteRange::Kind::kUnsatisfiable) {
      Response refusal = json_error(416, "the range lies behind the end of the file");
      refusal.headers.add("Content-Range", "bytes *" + of_size);
      return answer(std::move(refusal));
    }
    if (range.kind == ByteRange::Kind::kPart) {
      response.status = 206;
      response.headers.add("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                std::to_string(range.first + range.length - 1) + of_size);
    }
    file_ = std::make_shared<FileReader>(std::move(*opened));
    file_at_ = response.file->offset + range.first;
    file_left_ = request_.method == "HEAD" ? 0 : range.length;
    start_message(response);
    message_->content_length(range.length);
    serializer_.emplace(*message_);
    arm(limits().request_deadline);
    bhttp::async_write_header(
        *stream_, *serializer_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->send_piece(failure); });
  }

  void send_piece(const error_code& failure) {
    if (closed_) return;
    disarm();
    if (failure) return close();
    if (file_left_ == 0) {
      serializer_.reset();
      file_.reset();
      return on_written({});
    }
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(kFilePiece, file_left_));
    on_file_thread([file = file_, at = file_at_, length] { return file->read(at, length); },
                   [](HttpConnection& self, std::string piece) { self.write_piece(std::move(piece)); });
  }

  void write_piece(std::string piece) {
    if (piece.empty()) return close();  // cut short meanwhile: the client sees that bytes are missing
    file_at_ += piece.size();
    file_left_ -= piece.size();
    piece_ = std::move(piece);
    arm(time_for(piece_.size(), limits().request_deadline));
    asio::async_write(
        *stream_, asio::buffer(piece_),
        [self = shared_from_this()](error_code failure, std::size_t) { self->send_piece(failure); });
  }

  // --- events

  void start_events(Response& response) {
    response.content_type = "text/event-stream";
    keep_alive_ = false;
    events_ = response.events;
    ++shared_->stats.event_streams;
    if (events_->is_closed()) return close();
    start_message(response);
    serializer_.emplace(*message_);
    arm(limits().request_deadline);
    watch_client();
    bhttp::async_write_header(*stream_, *serializer_,
                              [self = shared_from_this()](error_code failure, std::size_t) {
                                if (self->closed_) return;
                                if (failure || self->request_.method == "HEAD") return self->close();
                                self->streaming_ = true;
                                self->events_->attach([weak = self->weak_from_this()] {
                                  if (const auto alive = weak.lock()) alive->pump();
                                });
                                self->pump();
                              });
  }

  // The client has nothing to say any more: a byte, or its end, closes the stream.
  void watch_client() {
    stream_->async_read_some(buffer_.prepare(512),
                             [self = shared_from_this()](error_code, std::size_t) { self->close(); });
  }

  void pump() {
    if (closed_ || !streaming_) return;
    if (events_->overran()) return close();
    if (writing_) return;
    piece_ = events_->take();
    if (piece_.empty()) {
      if (events_->is_closed()) return close();
      return wait_for_heartbeat();
    }
    writing_ = true;
    arm(time_for(piece_.size(), limits().request_deadline));
    asio::async_write(*stream_, asio::buffer(piece_),
                      [self = shared_from_this()](error_code failure, std::size_t) {
                        self->writing_ = false;
                        if (failure) return self->close();
                        self->pump();
                      });
  }

  void wait_for_heartbeat() {
    timer_.expires_after(limits().heartbeat);
    timer_.async_wait([weak = weak_from_this(), id = ++deadline_](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self && id == self->deadline_ && self->events_) self->events_->send_comment("");
    });
  }

  std::unique_ptr<ServerStream> stream_;
  asio::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // of the deadline that counts; an older timer that still fires is stale
  std::shared_ptr<ServerShared> shared_;
  std::string peer_;
  std::string own_address_;
  bool counted_ = false;

  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  Request request_;
  const Router::Route* route_ = nullptr;
  std::uint64_t request_number_ = 0;
  std::shared_ptr<HttpConnection> waiting_;  // set while a handler owes an answer

  std::optional<bhttp::response<bhttp::string_body>> message_;
  std::optional<bhttp::response_serializer<bhttp::string_body>> serializer_;
  std::function<void(bool)> on_sent_;
  std::string piece_;                 // of a file or of events, being written
  std::shared_ptr<FileReader> file_;  // shared with the file thread while a piece is read
  std::uint64_t file_at_ = 0;
  std::uint64_t file_left_ = 0;
  std::shared_ptr<EventFeed> events_;

  bool keep_alive_ = false;
  bool upgrading_ = false;  // a WebSocket route has not decided yet
  bool answered_ = false;
  bool late_ = false;
  bool lingering_ = false;
  bool streaming_ = false;
  bool writing_ = false;
  bool closed_ = false;
};

}  // namespace

void serve_connection(std::unique_ptr<ServerStream> stream, std::shared_ptr<ServerShared> shared) {
  std::make_shared<HttpConnection>(std::move(stream), std::move(shared))->start();
}

}  // namespace earshot::http
