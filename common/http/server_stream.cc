#include "common/http/server_stream.h"

#include <algorithm>
#include <utility>

namespace earshot::http {

using asio::ip::tcp;

namespace {

constexpr std::size_t kMostWrittenAtOnce = 16 * 1024;  // one record (RFC 8446 5.1)
constexpr std::uint8_t kTlsHandshakeRecord = 22;       // RFC 8446 5.1; no HTTP method begins with it

}  // namespace

ServerStream::ServerStream(tcp::socket socket) : socket_(std::move(socket)) {
  error_code failure;
  const auto peer = socket_.remote_endpoint(failure);
  if (!failure) peer_ = peer.address();
  const auto own = socket_.local_endpoint(failure);
  if (!failure) own_ = own.address();
  socket_.set_option(tcp::no_delay(true), failure);  // without it slower, not wrong
  socket_.non_blocking(true, failure);               // what is done at once never waits
}

void ServerStream::secure(tls::TlsSession session, PlainText plain, SecureHandler done) {
  auto state =
      std::make_unique<TlsState>(TlsState{.session = std::move(session), .encrypted = {}, .sending = {}});
  if (plain == PlainText::kRefused) {
    tls_ = std::move(state);
    return shake_hands(std::move(done));
  }
  socket_.async_wait(tcp::socket::wait_read,
                     [this, state = std::move(state), done = std::move(done)](error_code failure) mutable {
                       if (failure) return done(failure);
                       std::array<std::uint8_t, 1> first{};
                       socket_.receive(asio::buffer(first), tcp::socket::message_peek, failure);
                       if (failure) return done(failure);
                       if (first[0] != kTlsHandshakeRecord) return done({});
                       tls_ = std::move(state);
                       shake_hands(std::move(done));
                     });
}

void ServerStream::cancel() {
  error_code ignored;  // what went on has ended already
  socket_.cancel(ignored);
}

void ServerStream::shutdown_send() {
  say_goodbye();
  error_code ignored;  // the other side may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void ServerStream::close() {
  say_goodbye();
  error_code ignored;  // closing is all that is wanted; there is nothing to do about a failure
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

std::unique_ptr<ServerStream> ServerStream::move_to(const Executor& executor) {
  error_code failure;
  const auto own = socket_.local_endpoint(failure);
  if (failure) return nullptr;
  const auto handle = socket_.release(failure);
  if (failure) return nullptr;
  auto moved = std::make_unique<ServerStream>(tcp::socket(executor, own.protocol(), handle));
  moved->tls_ = std::move(tls_);
  return moved;
}

void ServerStream::read_some(asio::mutable_buffer into, IoHandler handler) {
  if (tls_) return read_secure(into, std::move(handler), false);
  socket_.async_read_some(into, std::move(handler));
}

void ServerStream::write_some(const Gathered& from, IoHandler handler) {
  if (tls_) return write_secure(from, std::move(handler));
  socket_.async_write_some(from, std::move(handler));
}

// What is to be said goes out before anything is waited for, the reason of a failure too.
void ServerStream::shake_hands(SecureHandler done) {
  const tls::TlsSession::Step step = tls_->session.handshake();
  tls_->sending = tls_->session.take_output();
  if (tls_->sending.empty()) return after_step(step, std::move(done));
  asio::async_write(socket_, asio::buffer(tls_->sending),
                    [this, step, done = std::move(done)](error_code failure, std::size_t) mutable {
                      if (failure) return done(failure);
                      std::string().swap(tls_->sending);
                      after_step(step, std::move(done));
                    });
}

void ServerStream::after_step(tls::TlsSession::Step step, SecureHandler done) {
  if (step == tls::TlsSession::Step::kDone) return done({});
  if (step != tls::TlsSession::Step::kNeedsInput) return done(asio::error::connection_refused);
  socket_.async_read_some(asio::buffer(tls_->encrypted),
                          [this, done = std::move(done)](error_code failure, std::size_t bytes) mutable {
                            if (failure) return done(failure);
                            tls_->session.feed(ByteView(tls_->encrypted).first(bytes));
                            shake_hands(std::move(done));
                          });
}

void ServerStream::read_secure(asio::mutable_buffer into, IoHandler handler, bool called_back) {
  const auto complete = [&](const error_code& failure, std::size_t bytes) {
    if (called_back) return handler(failure, bytes);
    complete_later(std::move(handler), failure, bytes);
  };
  if (into.size() == 0) return complete({}, 0);
  std::size_t got = 0;
  const std::span<std::uint8_t> room(static_cast<std::uint8_t*>(into.data()), into.size());
  switch (tls_->session.read(room, got)) {
    case tls::TlsSession::Step::kDone:
      return complete({}, got);
    case tls::TlsSession::Step::kClosed:
      return complete(asio::error::eof, 0);
    case tls::TlsSession::Step::kFailed:
      return complete(asio::error::connection_reset, 0);
    case tls::TlsSession::Step::kNeedsInput:
      break;
  }
  socket_.async_read_some(asio::buffer(tls_->encrypted), [this, into, handler = std::move(handler)](
                                                             error_code failure, std::size_t bytes) mutable {
    if (failure) return handler(failure, 0);
    tls_->session.feed(ByteView(tls_->encrypted).first(bytes));
    read_secure(into, std::move(handler), true);
  });
}

void ServerStream::write_secure(const Gathered& from, IoHandler handler) {
  std::string plain;
  for (const asio::const_buffer& buffer : from) {
    const std::size_t length = std::min(buffer.size(), kMostWrittenAtOnce - plain.size());
    plain.append(static_cast<const char*>(buffer.data()), length);
  }
  if (plain.empty()) return complete_later(std::move(handler), {}, 0);
  if (tls_->session.write(as_bytes(plain)) != tls::TlsSession::Step::kDone)
    return complete_later(std::move(handler), asio::error::connection_reset, 0);
  tls_->sending = tls_->session.take_output();
  asio::async_write(
      socket_, asio::buffer(tls_->sending),
      [this, handler = std::move(handler), bytes = plain.size()](error_code failure, std::size_t) mutable {
        std::string().swap(tls_->sending);
        handler(failure, failure ? 0 : bytes);
      });
}

// At once or not at all: nobody waits for it.
void ServerStream::say_goodbye() {
  if (!tls_ || !socket_.is_open()) return;
  tls_->session.say_goodbye();
  const std::string goodbye = tls_->session.take_output();
  error_code ignored;
  socket_.write_some(asio::buffer(goodbye), ignored);
}

void ServerStream::complete_later(IoHandler handler, const error_code& failure, std::size_t bytes) {
  asio::post(socket_.get_executor(),
             [handler = std::move(handler), failure, bytes]() mutable { handler(failure, bytes); });
}

}  // namespace earshot::http
