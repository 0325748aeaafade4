#include "common/http/client_stream.h"

#include <boost/asio/ssl.hpp>

#include <optional>
#include <utility>

#include "common/http/name_lookup.h"

namespace earshot::http {

namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

namespace {

constexpr std::size_t kMaxTunnelAnswerBytes = 8 * 1024;

// Both live as long as the process: reading all authorities takes 40 ms.
ssl::context& tls_context(bool verify) {
  static const auto make = [](bool checked) {
    auto* made = new ssl::context(ssl::context::tls_client);
    if (checked) made->set_default_verify_paths();
    made->set_verify_mode(checked ? ssl::verify_peer : ssl::verify_none);
    return made;
  };
  if (verify) {
    static ssl::context* const checked = make(true);
    return *checked;
  }
  static ssl::context* const unchecked = make(false);
  return *unchecked;
}

}  // namespace

struct ClientStream::Socket {
  Socket(asio::io_context& io, Tls kind)
      : names(asio::use_service<NameLookup>(io)), plain(io), verified(kind == Tls::kVerified) {
    if (kind != Tls::kNone) tls.emplace(plain, tls_context(verified));
  }

  NameLookup& names;
  std::optional<NameLookup::Ticket> looking_up;
  tcp::socket plain;
  std::optional<ssl::stream<tcp::socket&>> tls;
  bool verified;
  std::string host;
  std::string port;
  std::optional<Proxy> proxy;
  std::string tunnel;  // what the proxy is asked, then what it answers
  std::array<char, 512> scrap{};
};

ClientStream::ClientStream(asio::io_context& io, Tls tls) : socket_(std::make_unique<Socket>(io, tls)) {}

ClientStream::~ClientStream() = default;

void ClientStream::open(const std::string& host, const std::string& port, OpenHandler done,
                        std::optional<Proxy> proxy) {
  socket_->host = host;
  socket_->port = port;
  socket_->proxy = std::move(proxy);
  socket_->looking_up = socket_->names.find(
      socket_->proxy ? socket_->proxy->host : host, socket_->proxy ? socket_->proxy->port : port,
      get_executor(),
      [this, done = std::move(done)](const error_code& failure, const Endpoints& found) mutable {
        socket_->looking_up.reset();
        if (failure) return done(failure, Step::kResolve);
        connect(found, std::move(done));
      });
}

void ClientStream::close() {
  if (socket_->looking_up) socket_->names.cancel(*socket_->looking_up);
  error_code ignored;  // a socket that was not open is as good as closed
  socket_->plain.close(ignored);
}

Executor ClientStream::get_executor() {
  return socket_->plain.get_executor();
}

void ClientStream::connect(const std::vector<tcp::endpoint>& found, OpenHandler done) {
  asio::async_connect(
      socket_->plain, found,
      [this, done = std::move(done)](const error_code& failure, const tcp::endpoint&) mutable {
        if (failure) return done(failure, Step::kConnect);
        error_code ignored;  // a connection without TCP_NODELAY is slower, not wrong
        socket_->plain.set_option(tcp::no_delay(true), ignored);
        if (socket_->proxy) return tunnel(std::move(done));
        secure(std::move(done));
      });
}

void ClientStream::tunnel(OpenHandler done) {
  const bool is_ipv6 = socket_->host.find(':') != std::string::npos;
  const std::string target = (is_ipv6 ? "[" + socket_->host + "]" : socket_->host) + ":" + socket_->port;
  socket_->tunnel = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!socket_->proxy->authorization.empty())
    socket_->tunnel += "Proxy-Authorization: " + socket_->proxy->authorization + "\r\n";
  socket_->tunnel += "\r\n";
  asio::async_write(socket_->plain, asio::buffer(socket_->tunnel),
                    [this, done = std::move(done)](const error_code& failure, std::size_t) mutable {
                      if (failure) return done(failure, Step::kProxy);
                      socket_->tunnel.clear();
                      read_tunnel_answer(std::move(done));
                    });
}

// Nothing comes behind the answer before we have spoken, so no byte of the tunnel is taken.
void ClientStream::read_tunnel_answer(OpenHandler done) {
  socket_->plain.async_read_some(
      asio::buffer(socket_->scrap),
      [this, done = std::move(done)](const error_code& failure, std::size_t bytes) mutable {
        if (failure) return done(failure, Step::kProxy);
        socket_->tunnel.append(socket_->scrap.data(), bytes);
        const auto end = socket_->tunnel.find("\r\n\r\n");
        if (end == std::string::npos && socket_->tunnel.size() < kMaxTunnelAnswerBytes)
          return read_tunnel_answer(std::move(done));
        const bool is_open = end != std::string::npos && end + 4 == socket_->tunnel.size() &&
                             socket_->tunnel.starts_with("HTTP/1.") && socket_->tunnel.substr(8, 2) == " 2";
        if (!is_open) return done(asio::error::connection_refused, Step::kProxy);
        secure(std::move(done));
      });
}

void ClientStream::secure(OpenHandler done) {
  if (!socket_->tls) return done({}, Step::kConnect);
  ssl::stream<tcp::socket&>& tls = *socket_->tls;
  // What SSL_set_tlsext_host_name() does; the macro has a C cast.
  SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           socket_->host.data());
  if (socket_->verified) tls.set_verify_callback(ssl::host_name_verification(socket_->host));
  tls.async_handshake(ssl::stream_base::client,
                      [done = std::move(done)](const error_code& failure) { done(failure, Step::kTls); });
}

void ClientStream::read_some(asio::mutable_buffer into, IoHandler handler) {
  if (socket_->tls) {
    socket_->tls->async_read_some(into, std::move(handler));
  } else {
    socket_->plain.async_read_some(into, std::move(handler));
  }
}

void ClientStream::write_some(const Gathered& from, IoHandler handler) {
  if (socket_->tls) {
    socket_->tls->async_write_some(from, std::move(handler));
  } else {
    socket_->plain.async_write_some(from, std::move(handler));
  }
}

void ClientStream::tear_down(IoHandler handler) {
  if (socket_->tls) {
    socket_->tls->async_shutdown(
        [handler = std::move(handler)](const error_code& failure) mutable { handler(failure, 0); });
    return;
  }
  error_code ignored;  // a peer that is gone has nothing to be told
  socket_->plain.shutdown(tcp::socket::shutdown_send, ignored);
  read_to_the_end(std::move(handler));
}

void ClientStream::read_to_the_end(IoHandler handler) {
  socket_->plain.async_read_some(
      asio::buffer(socket_->scrap),
      [this, handler = std::move(handler)](const error_code& failure, std::size_t) mutable {
        if (!failure) return read_to_the_end(std::move(handler));
        handler(failure == asio::error::eof ? error_code() : failure, 0);
      });
}

}  // namespace earshot::http
