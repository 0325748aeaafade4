// A connected stream, with TLS over it where that is spoken: what a Channel is made of.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "common/asio/asio.h"
#include "common/tls/tls_session.h"

namespace earshot::ipc {

struct Connection {
  using Socket = asio::generic::stream_protocol::socket;
  // From any stream socket: most links are within one machine.
  template <class Plain>
    requires(!std::is_same_v<std::remove_cvref_t<Plain>, Connection> &&
             std::is_constructible_v<Socket, Plain>)
  Connection(Plain&& plain) : socket(std::forward<Plain>(plain)) {}  // NOLINT(google-explicit-constructor)

  // Both ends have proved who they are, and nobody else can read what is said.
  bool is_proven() const { return tls != nullptr; }
  // Of the other end's certificate; empty: nothing is proven.
  std::string peer_name() const { return tls ? tls->peer_name() : std::string(); }
  std::string peer_serial() const { return tls ? tls->peer_serial() : std::string(); }

  Socket socket;
  std::unique_ptr<tls::TlsSession> tls = nullptr;  // its handshake is done
};

}  // namespace earshot::ipc
