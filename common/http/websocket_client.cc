#include "common/http/websocket_client.h"

#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <deque>
#include <optional>
#include <type_traits>

namespace earshot::http {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

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

ssl::context& tls_context(bool verify) {
  static const auto make = [](bool checked) {
    auto* made = new ssl::context(ssl::context::tls_client);  // lives as long as the process
    if (checked) made->set_default_verify_paths();
    made->set_verify_mode(checked ? ssl::verify_peer : ssl::verify_none);
    return made;
  };
  static ssl::context* const checked = make(true);
  static ssl::context* const unchecked = make(false);
  return verify ? *checked : *unchecked;
}

// The handle's view of a connection of either kind.
class Core {
 public:
  virtual ~Core() = default;
  virtual void send(std::string bytes, bool binary) = 0;
  virtual void close() = 0;
  virtual void abandon() = 0;
  virtual bool is_open() const = 0;
};

// Lifecycle: resolving -> connecting -> (TLS) -> upgrading -> open -> closed. Every step checks closed_.
template <class Layer>
class Connection final : public Core, public std::enable_shared_from_this<Connection<Layer>> {
 public:
  static constexpr bool kSecure = !std::is_same_v<Layer, beast::tcp_stream>;

  Connection(asio::io_context& io, WebSocketRequest request, Target target, WebSocketHandlers handlers)
      : io_(io),
        resolver_(io),
        timer_(io),
        stream_(make_stream(io, request.verify_tls)),
        request_(std::move(request)),
        target_(std::move(target)),
        handlers_(std::move(handlers)) {}

  void start() {
    timer_.expires_after(request_.connect_timeout);
    timer_.async_wait([self = this->shared_from_this()](error_code failure) {
      if (!failure && !self->open_)
        self->fail({ErrorCode::kTimeout, "no connection to " + self->target_.host + " in time"});
    });
    resolver_.async_resolve(
        target_.host, target_.port,
        [self = this->shared_from_this()](error_code failure, tcp::resolver::results_type found) {
          if (self->refuse(failure, "cannot resolve ")) return;
          self->connect(found);
        });
  }

  void send(std::string bytes, bool binary) override {
    if (closed_ || closing_) return;
    queued_bytes_ += bytes.size();
    if (queued_bytes_ > request_.max_queued_bytes) {
      asio::post(io_, [self = this->shared_from_this()] {
        self->fail({ErrorCode::kTooLarge, self->target_.host + " does not take what is sent"});
      });
      return;
    }
    outbox_.push_back({std::move(bytes), binary});
    if (open_ && !writing_) write();
  }

  void close() override {
    if (closed_ || closing_) return;
    handlers_ = {};
    if (!open_) return abandon();
    closing_ = true;
    timer_.expires_after(kCloseWithin);
    timer_.async_wait([self = this->shared_from_this()](error_code failure) {
      if (!failure) self->abandon();
    });
    if (!writing_) send_close_frame();
  }

  void abandon() override {
    if (closed_) return;
    closed_ = true;
    open_ = false;
    handlers_ = {};
    timer_.cancel();
    resolver_.cancel();
    beast::get_lowest_layer(stream_).close();
  }

  bool is_open() const override { return open_ && !closing_; }

 private:
  struct Item {
    std::string bytes;
    bool binary;
  };

  static websocket::stream<Layer> make_stream(asio::io_context& io, bool verify) {
    if constexpr (kSecure) {
      return websocket::stream<Layer>(io, tls_context(verify));
    } else {
      (void)verify;
      return websocket::stream<Layer>(io);
    }
  }

  bool refuse(const error_code& failure, const char* what) {
    if (closed_) return true;
    if (!failure) return false;
    fail({ErrorCode::kUnavailable, what + target_.host + ": " + failure.message()});
    return true;
  }

  void connect(const tcp::resolver::results_type& found) {
    beast::get_lowest_layer(stream_).async_connect(
        found, [self = this->shared_from_this()](error_code failure, const tcp::endpoint&) {
          if (self->refuse(failure, "cannot connect to ")) return;
          error_code ignored;  // a connection without TCP_NODELAY is slower, not wrong
          beast::get_lowest_layer(self->stream_).socket().set_option(tcp::no_delay(true), ignored);
          self->secure();
        });
  }

  void secure() {
    if constexpr (kSecure) {
      // What SSL_set_tlsext_host_name() does; the macro has a C cast.
      SSL_ctrl(stream_.next_layer().native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(target_.host.c_str()));
      if (request_.verify_tls)
        stream_.next_layer().set_verify_callback(ssl::host_name_verification(target_.host));
      stream_.next_layer().async_handshake(ssl::stream_base::client,
                                           [self = this->shared_from_this()](error_code failure) {
                                             if (self->refuse(failure, "no TLS with ")) return;
                                             self->upgrade();
                                           });
    } else {
      upgrade();
    }
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
    const bool default_port = target_.port == (kSecure ? "443" : "80");
    stream_.async_handshake(answer_, default_port ? target_.host : target_.host + ":" + target_.port,
                            target_.path, [self = this->shared_from_this()](error_code failure) {
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
    stream_.async_read(buffer_, [self = this->shared_from_this()](error_code failure, std::size_t) {
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
                        [self = this->shared_from_this()](error_code failure, std::size_t) {
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
                        [self = this->shared_from_this()](error_code) { self->abandon(); });
  }

  void fail(Error error) {
    finish({.error = std::move(error),
            .http_status = 0,
            .body = {},
            .date = {},
            .close_code = 0,
            .close_reason = {}});
  }

  void finish(WebSocketClosed closed) {
    if (closed_) return;
    const auto on_closed = handlers_.on_closed;
    abandon();
    if (on_closed) on_closed(closed);
  }

  asio::io_context& io_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  websocket::stream<Layer> stream_;
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
  explicit Handle(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~Handle() override {
    if (core_ && !told_to_close_) core_->abandon();
  }
  void send_text(std::string text) override {
    if (core_) core_->send(std::move(text), false);
  }
  void send_binary(ByteView bytes) override {
    if (core_) core_->send(std::string(as_text(bytes)), true);
  }
  void close() override {
    told_to_close_ = true;
    if (core_) core_->close();
  }
  bool is_open() const override { return core_ && core_->is_open(); }

 private:
  std::shared_ptr<Core> core_;  // null: the URL was no URL
  bool told_to_close_ = false;
};

template <class Layer>
std::unique_ptr<WebSocketClient> connect(asio::io_context& io, WebSocketRequest request, Target target,
                                         WebSocketHandlers handlers) {
  auto made =
      std::make_shared<Connection<Layer>>(io, std::move(request), std::move(target), std::move(handlers));
  made->start();
  return std::make_unique<Handle>(std::move(made));
}

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
                   .close_reason = {}});
    });
    return std::make_unique<Handle>(nullptr);
  }
  if (target->secure) {
    return connect<beast::ssl_stream<beast::tcp_stream>>(io, std::move(request), std::move(*target),
                                                         std::move(handlers));
  }
  return connect<beast::tcp_stream>(io, std::move(request), std::move(*target), std::move(handlers));
}

}  // namespace earshot::http
