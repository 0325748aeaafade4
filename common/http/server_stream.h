// A client's connection as its server has it: TCP, with TLS over it where that is spoken.
//
// Runs on: the executor of the socket given.
// Owns: the socket.
// Lifecycle: made -> (secure()) -> reads and writes -> close(), or move_to() another executor.
// Memory when idle: 4 kB for TLS, beside what OpenSSL keeps (tls_session.h).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/http/byte_stream.h"
#include "common/tls/tls_session.h"

namespace earshot::http {

class ServerStream : public ByteStream {
 public:
  using SecureHandler = std::function<void(const error_code& failure)>;
  enum class PlainText { kRefused, kTaken };

  explicit ServerStream(asio::ip::tcp::socket socket);

  // Speaks TLS from here on. kTaken: if the client's first byte begins a TLS record; else it is a plain
  // connection. Has no deadline: cancel() and close() end it.
  void secure(tls::TlsSession session, PlainText plain, SecureHandler done);
  bool is_secure() const { return tls_ != nullptr; }

  Executor get_executor() override { return socket_.get_executor(); }

  // Of the other side and of ours; 0.0.0.0 when the other side is gone already.
  const asio::ip::address& peer() const { return peer_; }
  const asio::ip::address& own() const { return own_; }

  void cancel();         // what goes on ends with operation_aborted
  void shutdown_send();  // nothing more will be sent
  void close();

  // The same connection on another executor, whose thread it belongs to from now on; this one is closed.
  // REQUIRES: nothing goes on.
  // RETURNS: null when the connection is closed already.
  std::unique_ptr<ServerStream> move_to(const Executor& executor);

 private:
  struct TlsState {
    tls::TlsSession session;
    std::array<std::uint8_t, 4096> encrypted{};  // just read
    std::string sending;
  };

  void read_some(asio::mutable_buffer into, IoHandler handler) override;
  void write_some(const Gathered& from, IoHandler handler) override;
  void shake_hands(SecureHandler done);
  void after_step(tls::TlsSession::Step step, SecureHandler done);
  void read_secure(asio::mutable_buffer into, IoHandler handler, bool called_back);
  void write_secure(const Gathered& from, IoHandler handler);
  void say_goodbye();
  void complete_later(IoHandler handler, const error_code& failure, std::size_t bytes);

  asio::ip::tcp::socket socket_;
  asio::ip::address peer_;
  asio::ip::address own_;
  std::unique_ptr<TlsState> tls_;
};

}  // namespace earshot::http
