#include "common/ipc/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <utility>

#include "common/ipc/connect.h"

namespace earshot::ipc {

namespace {

constexpr Milliseconds kAcceptPause{100};

Error unavailable(const Endpoint& endpoint, const std::string& why) {
  return {ErrorCode::kUnavailable, "cannot listen on " + endpoint.text() + ": " + why};
}

// Makes the parent folder private, and takes a dead predecessor's file away. A living one keeps it.
Status prepare_unix_path(Executor executor, const Endpoint& endpoint) {
  const std::filesystem::path parent = std::filesystem::path(endpoint.path).parent_path();
  std::error_code failure;
  if (!parent.empty() && std::filesystem::create_directories(parent, failure)) {
    std::filesystem::permissions(parent, std::filesystem::perms::owner_all, failure);
  }
  if (failure) return unavailable(endpoint, parent.string() + ": " + failure.message());

  const auto status = std::filesystem::symlink_status(endpoint.path, failure);
  if (status.type() == std::filesystem::file_type::not_found) return kDone;
  if (status.type() != std::filesystem::file_type::socket) {
    return unavailable(endpoint, "a file that is no socket is in the way");
  }
  Channel::Socket probe(executor);
  error_code refused;
  probe.connect(socket_address(endpoint), refused);
  if (!refused) return unavailable(endpoint, "another process answers on it");
  if (unlink(endpoint.path.c_str()) != 0) return unavailable(endpoint, "the stale socket cannot be removed");
  return kDone;
}

// The socket is its owner's alone. In a folder that was handed to a group (setgid, so that the socket becomes the
// group's) the group may connect: workers that run as a user of their own.
mode_t socket_mode(const Endpoint& endpoint) {
  const std::filesystem::path parent = std::filesystem::path(endpoint.path).parent_path();
  struct stat folder {};
  const bool is_groups = ::stat(parent.c_str(), &folder) == 0 && (folder.st_mode & S_ISGID) != 0 &&
                         (folder.st_mode & S_IRWXO) == 0;
  return is_groups ? S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP : S_IRUSR | S_IWUSR;
}

}  // namespace

Result<std::shared_ptr<Listener>> Listener::open(Executor executor, const Endpoint& endpoint) {
  const bool is_unix = endpoint.kind == Endpoint::Kind::kUnix;
  if (is_unix) {
    if (auto ready = prepare_unix_path(executor, endpoint); !ready) return ready.error();
  }
  const mode_t mode = is_unix ? socket_mode(endpoint) : 0;
  std::shared_ptr<Listener> listener(new Listener(executor, endpoint));
  Acceptor& acceptor = listener->acceptor_;
  const auto address = socket_address(endpoint);
  error_code failure;
  acceptor.open(address.protocol(), failure);
  if (!failure && !is_unix) acceptor.set_option(Acceptor::reuse_address(true), failure);
  if (!failure) {
    // Linux gives the file the socket's own mode, so it is private from its first moment: nobody else can
    // connect between bind and a later chmod. A umask would do the same, but belongs to all threads.
    if (is_unix && fchmod(acceptor.native_handle(), mode) != 0) {
      return unavailable(endpoint, "its mode cannot be set");
    }
    acceptor.bind(address, failure);
  }
  listener->owns_file_ = is_unix && !failure;
  if (listener->owns_file_ && chmod(endpoint.path.c_str(), mode) != 0) {
    return unavailable(endpoint, "its mode cannot be set");
  }
  if (!failure) acceptor.listen(Acceptor::max_listen_connections, failure);
  if (failure) return unavailable(endpoint, failure.message());
  if (!is_unix) {
    asio::ip::tcp::endpoint bound;
    const auto local = acceptor.local_endpoint(failure);
    if (failure) return unavailable(endpoint, failure.message());
    bound.resize(local.size());
    std::memcpy(bound.data(), local.data(), local.size());
    listener->endpoint_.port = bound.port();
  }
  return listener;
}

Listener::Listener(Executor executor, Endpoint endpoint)
    : acceptor_(executor), pause_(executor), endpoint_(std::move(endpoint)) {}

Listener::~Listener() {
  release();
}

void Listener::start(OnAccept on_accept) {
  on_accept_ = std::move(on_accept);
  accept_next();
}

void Listener::close() {
  on_accept_ = {};
  pause_.cancel();
  release();
}

void Listener::accept_next() {
  acceptor_.async_accept([self = shared_from_this()](error_code failure, Channel::Socket peer) {
    if (!self->on_accept_) return;
    if (!failure) {
      self->on_accept_(std::move(peer));
      if (self->on_accept_) self->accept_next();
      return;
    }
    // Out of descriptors or memory: the connection stays in the backlog;
    // trying at once would only burn the CPU.
    self->pause_.expires_after(kAcceptPause);
    self->pause_.async_wait([self](error_code stopped) {
      if (!stopped && self->on_accept_) self->accept_next();
    });
  });
}

void Listener::release() {
  error_code ignored;  // the descriptor is released either way
  acceptor_.close(ignored);
  if (std::exchange(owns_file_, false)) unlink(endpoint_.path.c_str());
}

}  // namespace earshot::ipc
