#include "common/http/websocket_client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <optional>

#include "common/http/client_stream.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t kMaxRefusalBytes = 4096;
constexpr std::chrono::seconds kCloseWithin{1};

struct Target {
  bool secure = false;
  std::string host;
  std::string port;
  std::string path = "/";
};

std::optional<Target> parse_url(const std::string& url) {
  Target target;
  std::string rest;
  if (url.starts_with("ws://")) {
    rest = url.substr(5);
    target.port = "80";
  } else if (url.starts_with("wss://")) {
    rest = url.substr(6);
    target.port = "443";
    target.secure = true;
  } else {
    return std::nullopt;
  }
  const auto slash = rest.find_first_of("/?");
  const std::string authority = rest.substr(0, slash);
  if (slash != std::string::npos) target.path = (rest[slash] == '?' ? "/" : "") + rest.substr(slash);
  const auto colon = authority.rfind(':');
  target.host = authority.substr(0, colon);
  if (colon != std::string::npos) target.port = authority.substr(colon + 1);
  const bool digits = !target.port.empty() && target.port.size() <= 5 &&
                      target.port.find_first_not_of("0123456789") == std::string::npos;
  const bool clean = target.path.find_first_of(" \r\n\t") == std::string::npos;
  if (target.host.empty() || !digits || !clean) return std::nullopt;
  return target;
}

// Lifecycle: resolving -> connecting -> (TLS) -> upgrading -> open -> closed. Every step checks closed_.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, WebSocketRequest request, Target target, WebSocketHandlers handlers)
      : io_(io),
        timer_(io),
        stream_(io, !target.secure       ? Tls::kNone
                    : request.verify_tls ? Tls::kVerified
                                         : Tls::kUnverified),
        request_(std::move(request)),
        target_(std::move(target)),
        handlers_(std::move(handlers)) {}

  void start() {
    timer_.expires_after(request_.connect_timeout);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && !self->open_)
        self->fail({ErrorCode::kTimeout, "no connection to " + self->target_.host + " in time"});
    });
    stream_.next_layer().open(
        target_.host, target_.port,
        [self = shared_from_this()](const error_code& failure, ClientStream::Step step) {
          if (self->refuse(failure, step)) return;
          self->upgrade();
        },
        proxy_for(target_.secure, target_.host, process_environment));
  }

  void send(std::string bytes, bool binary) {
    if (closed_ || closing_) return;
    queued_bytes_ += bytes.size();
    if (queued_bytes_ > request_.max_queued_bytes) {
      asio::post(io_, [self = shared_from_this()] {
        self->fail({ErrorCode::kTooLarge, self->target_.host + " does not take what is sent"});
      });
      return;
    }
    outbox_.push_back({std::move(bytes), binary});
    if (open_ && !writing_) write();
  }

  void close() {
    if (closed_ || closing_) return;
    handlers_ = {};
    if (!open_) return abandon();
    closing_ = true;
    timer_.expires_after(kCloseWithin);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure) self->abandon();
    });
    if (!writing_) send_close_frame();
  }

  void abandon() {
    if (closed_) return;
    closed_ = true;
    open_ = false;
    handlers_ = {};
    timer_.cancel();
    stream_.next_layer().close();
  }

  bool is_open() const { return open_ && !closing_; }

 private:
  struct Item {
    std::string bytes;
    bool binary;
  };

  bool refuse(const error_code& failure, ClientStream::Step step) {
    if (closed_) return true;
    if (!failure) return false;
    const char* const what = step == ClientStream::Step::kResolve   ? "cannot resolve "
                             : step == ClientStream::Step::kConnect ? "cannot connect to "
                             : step == ClientStream::Step::kProxy   ? "the proxy gives no way to "
                                                                    : "no TLS with ";
    fail({ErrorCode::kUnavailable, what + target_.host + ": " + failure.message()});
    return true;
  }

  void upgrade() {
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = websocket::stream_base::none();  // timer_ covers it
    limits.idle_timeout =
        request_.idle_ping.count() > 0 ? 2 * request_.idle_ping : websocket::stream_base::none();
    limits.keep_alive_pings = request_.idle_ping.count() > 0;
    stream_.set_option(limits);
    stream_.read_message_max(request_.max_message_bytes);
    stream_.set_option(
        websocket::stream_base::decorator([headers = request_.headers](websocket::request_type& upgrade) {
          for (const auto& [name, value] : headers) upgrade.set(name, value);
        }));
    const bool default_port = target_.port == (target_.secure ? "443" : "80");
    stream_.async_handshake(answer_, default_port ? target_.host : target_.host + ":" + target_.port,
                            target_.path, [self = shared_from_this()](error_code failure) {
                              if (self->closed_) return;
                              if (failure) return self->refused_upgrade(failure);
                              self->opened();
                            });
  }

  void refused_upgrade(const error_code& failure) {
    WebSocketClosed closed;
    closed.error = {ErrorCode::kUnavailable, target_.host + " refused the WebSocket: " + failure.message()};
    if (failure == websocket::error::upgrade_declined) {
      closed.http_status = static_cast<int>(answer_.result_int());
      closed.body = answer_.body().substr(0, kMaxRefusalBytes);
      closed.date = std::string(answer_["Date"]);
      closed.error.message =
          target_.host + " refused the WebSocket with status " + std::to_string(closed.http_status);
    }
    finish(std::move(closed));
  }

  void opened() {
    open_ = true;
    timer_.cancel();
    const auto on_open = handlers_.on_open;
    if (on_open) on_open();
    if (closed_) return;
    if (!outbox_.empty() && !writing_) write();
    read();
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code failure, std::size_t) {
      if (self->closed_) return;
      if (failure) return self->ended(failure);
      const auto data = self->buffer_.cdata();
      const std::string_view bytes(static_cast<const char*>(data.data()), data.size());
      if (self->stream_.got_binary()) {
        const auto handler = self->handlers_.on_binary;
        if (handler) handler(as_bytes(bytes));
      } else {
        const auto handler = self->handlers_.on_text;
        if (handler) handler(bytes);
      }
      self->buffer_.consume(self->buffer_.size());
      if (!self->closed_) self->read();
    });
  }

  void ended(const error_code& failure) {
    if (closing_) return abandon();
    WebSocketClosed closed;
    closed.error = {
        failure == websocket::error::message_too_big ? ErrorCode::kTooLarge : ErrorCode::kUnavailable,
        target_.host + " ended the WebSocket: " + failure.message()};
    closed.protocol_violation = failure == websocket::condition::protocol_violation;
    if (failure == beast::error::timeout) closed.error.code = ErrorCode::kTimeout;
    if (failure == websocket::error::closed) {
      closed.close_code = stream_.reason().code;
      closed.close_reason = std::string(stream_.reason().reason.data(), stream_.reason().reason.size());
    }
    finish(std::move(closed));
  }

  void write() {
    writing_ = true;
    stream_.binary(outbox_.front().binary);
    stream_.async_write(asio::buffer(outbox_.front().bytes),
                        [self = shared_from_this()](error_code failure, std::size_t) {
                          self->writing_ = false;
                          if (self->closed_) return;
                          if (failure) return self->ended(failure);
                          self->queued_bytes_ -= self->outbox_.front().bytes.size();
                          self->outbox_.pop_front();
                          if (!self->outbox_.empty()) return self->write();
                          if (self->closing_) self->send_close_frame();
                        });
  }

  void send_close_frame() {
    stream_.async_close(websocket::close_code::normal,
                        [self = shared_from_this()](error_code) { self->abandon(); });
  }

  void fail(Error error) {
    finish({.error = std::move(error),
            .http_status = 0,
            .body = {},
            .date = {},
            .close_code = 0,
            .close_reason = {},
            .protocol_violation = false});
  }

  void finish(WebSocketClosed closed) {
    if (closed_) return;
    const auto on_closed = handlers_.on_closed;
    abandon();
    if (on_closed) on_closed(closed);
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  websocket::stream<ClientStream, false> stream_;  // none of the services compresses
  WebSocketRequest request_;
  Target target_;
  WebSocketHandlers handlers_;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  std::deque<Item> outbox_;
  std::size_t queued_bytes_ = 0;
  bool open_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool writing_ = false;
};

class Handle final : public WebSocketClient {
 public:
  explicit Handle(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Handle() override {
    if (connection_ && !told_to_close_) connection_->abandon();
  }
  void send_text(std::string text) override {
    if (connection_) connection_->send(std::move(text), false);
  }
  void send_binary(ByteView bytes) override {
    if (connection_) connection_->send(std::string(as_text(bytes)), true);
  }
  void close() override {
    told_to_close_ = true;
    if (connection_) connection_->close();
  }
  bool is_open() const override { return connection_ && connection_->is_open(); }

 private:
  std::shared_ptr<Connection> connection_;  // null: the URL was no URL
  bool told_to_close_ = false;
};

}  // namespace

std::unique_ptr<WebSocketClient> connect_websocket(asio::io_context& io, WebSocketRequest request,
                                                   WebSocketHandlers handlers) {
  auto target = parse_url(request.url);
  if (!target) {
    asio::post(io, [on_closed = std::move(handlers.on_closed)] {
      if (on_closed)
        on_closed({.error = {ErrorCode::kInvalid, "the URL must be ws://host[:port]/path or wss://..."},
                   .http_status = 0,
                   .body = {},
                   .date = {},
                   .close_code = 0,
                   .close_reason = {},
                   .protocol_violation = false});
    });
    return std::make_unique<Handle>(nullptr);
  }
  auto made = std::make_shared<Connection>(io, std::move(request), std::move(*target), std::move(handlers));
  made->start();
  return std::make_unique<Handle>(std::move(made));
}

}  // namespace earshot::http
