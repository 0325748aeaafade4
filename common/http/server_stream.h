// A client's connection as its server has it: TCP.
//
// Runs on: the executor of the socket given.
// Owns: the socket.
// Lifecycle: made -> reads and writes -> close(), or move_to() another executor.
#pragma once

#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/http/byte_stream.h"

namespace earshot::http {

class ServerStream : public ByteStream {
 public:
  explicit ServerStream(asio::ip::tcp::socket socket);

  Executor get_executor() override { return socket_.get_executor(); }

  // Of the other side and of ours; empty when the other side is gone already.
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
  void read_some(asio::mutable_buffer into, IoHandler handler) override;
  void write_some(const Gathered& from, IoHandler handler) override;

  asio::ip::tcp::socket socket_;
  asio::ip::address peer_;
  asio::ip::address own_;
};

}  // namespace earshot::http
