#include "common/http/http_server.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <optional>
#include <set>

#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;

namespace {

class Connection;

// What the server and its connections share; connections may outlive the Server by one pending operation.
struct Shared {
  Handler handler;
  ServerLimits limits;
  ServerStats stats;
  std::set<Connection*> connections;
};

Request to_request(const bhttp::request<bhttp::string_body>& from, const std::string& peer) {
  Request request;
  request.method = std::string(from.method_string());
  const std::string target(from.target());
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  for (const auto& field : from)
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  request.body = from.body();
  request.peer = peer;
  return request;
}

// Runs on: the server's io_context. Owns: one socket. Lifecycle: read -> handler -> write -> read ... ->
// closed.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    error_code failure;
    const auto peer = stream_.socket().remote_endpoint(failure);
    if (!failure) peer_ = peer.address().to_string();
    shared_->connections.insert(this);
  }
  ~Connection() { shared_->connections.erase(this); }

  void read() {
    parser_.emplace();
    parser_->header_limit(shared_->limits.header_bytes);
    parser_->body_limit(shared_->limits.body_bytes);
    stream_.expires_after(shared_->limits.request_deadline);
    bhttp::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_read(failure); });
  }
  void close() {
    closed_ = true;
    error_code ignored;  // closing is all that is wanted; there is nothing to do about a failure
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }
  void forget_handler() { waiting_.reset(); }

 private:
  void on_read(const error_code& failure) {
    if (closed_ || failure == bhttp::error::end_of_stream || failure == asio::error::operation_aborted)
      return close();
    if (failure == bhttp::error::body_limit || failure == bhttp::error::header_limit) {
      ++shared_->stats.malformed;
      keep_alive_ = false;
      return write(json_error(failure == bhttp::error::body_limit ? 413 : 431, "request is too large"));
    }
    if (failure) {
      const bool spoke_nonsense = failure.category() == make_error_code(bhttp::error::bad_method).category();
      if (spoke_nonsense || failure == beast::error::timeout) ++shared_->stats.malformed;
      if (!spoke_nonsense) return close();
      keep_alive_ = false;
      return write(json_error(400, "not an HTTP request"));
    }
    ++shared_->stats.requests;
    keep_alive_ = parser_->get().keep_alive();
    stream_.expires_never();        // the handler may take its time; write() sets the next deadline
    waiting_ = shared_from_this();  // alive until write() or stop()
    // A weak reference: a handler that never replies must not keep a closed connection.
    shared_->handler(to_request(parser_->get(), peer_), [weak = weak_from_this()](Response response) {
      if (auto self = weak.lock()) self->write(std::move(response));
    });
  }

  void write(Response response) {
    if (closed_ || answered_) return;
    answered_ = true;
    message_.emplace(static_cast<bhttp::status>(response.status), 11);
    message_->set(bhttp::field::content_type, response.content_type);
    message_->set(bhttp::field::cache_control, "no-store");
    message_->set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers.all()) message_->set(name, value);
    message_->keep_alive(keep_alive_);
    message_->body() = std::move(response.body);
    message_->prepare_payload();
    stream_.expires_after(shared_->limits.request_deadline);
    waiting_.reset();  // the write below keeps the connection now
    bhttp::async_write(stream_, *message_, [self = shared_from_this()](error_code failure, std::size_t) {
      self->answered_ = false;
      if (failure || !self->keep_alive_) return self->close();
      self->read();
    });
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  std::optional<bhttp::response<bhttp::string_body>> message_;
  std::shared_ptr<Connection> waiting_;  // set while a handler owes an answer
  std::string peer_;
  bool keep_alive_ = false;
  bool answered_ = false;
  bool closed_ = false;
};

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& io, Handler handler, ServerLimits limits) : acceptor(io), pause(io) {
    shared->handler = std::move(handler);
    shared->limits = limits;
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (failure) return self->accept_later();  // out of file descriptors: wait for some to be closed
      if (self->shared->connections.size() >= self->shared->limits.connections) {
        ++self->shared->stats.refused_connections;
        error_code ignored;  // the socket is dropped in any case
        socket.close(ignored);
      } else {
        std::make_shared<Connection>(std::move(socket), self->shared)->read();
      }
      self->accept();
    });
  }
  void accept_later() {
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && self->acceptor.is_open()) self->accept();
    });
  }

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
};

Server::Server(asio::io_context& io, const std::string& address, std::uint16_t port,
               const std::string& config_key, Handler handler, ServerLimits limits)
    : state_(std::make_shared<State>(io, std::move(handler), limits)) {
  const auto where =
      "http: cannot listen on " + address + ":" + std::to_string(port) + " (config key " + config_key + "): ";
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    state_->acceptor.open(endpoint.protocol());
    state_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    state_->acceptor.bind(endpoint);
    state_->acceptor.listen();
  } catch (const boost::system::system_error& failure) {
    throw StartupError(ExitCode::kBind, where + failure.code().message());
  }
  state_->accept();
}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return state_->acceptor.local_endpoint().port();
}

const ServerStats& Server::stats() const {
  return state_->shared->stats;
}

void Server::stop() {
  error_code ignored;  // a listener that is closed already is what we want
  state_->acceptor.close(ignored);
  state_->pause.cancel();
  const auto open = state_->shared->connections;  // forget_handler() may destroy a connection
  for (Connection* connection : open) {
    if (!state_->shared->connections.contains(connection)) continue;
    connection->close();
    connection->forget_handler();
  }
}

}  // namespace earshot::http
