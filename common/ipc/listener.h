// Accepts links on an endpoint. A Unix socket file gets mode 0600 in a folder of mode 0700 (made when
// missing; 0660 where the folder has the setgid bit and is closed to others, so that the folder's group may dial),
// and is unlinked when the listener dies; a stale file is replaced only if nobody answers on it.
//
// Runs on: the executor, all methods and the handler.
// Owns: the listening socket and its file.
// Lifecycle: open() -> start() -> close().
#pragma once

#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "common/ipc/endpoint.h"

namespace earshot::ipc {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using OnAccept = std::function<void(Channel::Socket)>;

  // kUnavailable: the address is busy or not permitted; the message says which and why.
  static Result<std::shared_ptr<Listener>> open(Executor executor, const Endpoint& endpoint);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start(OnAccept on_accept);
  // No handler is called any more; the file is gone.
  void close();

  const Endpoint& endpoint() const { return endpoint_; }  // with the port that the system chose

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;
  Listener(Executor executor, Endpoint endpoint);
  void accept_next();
  void release();

  Acceptor acceptor_;
  asio::steady_timer pause_;  // after running out of file descriptors
  Endpoint endpoint_;
  bool owns_file_ = false;
  OnAccept on_accept_;
};

}  // namespace earshot::ipc
