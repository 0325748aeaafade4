#include "common/http/server_stream.h"

#include <utility>

namespace earshot::http {

using asio::ip::tcp;

ServerStream::ServerStream(tcp::socket socket) : socket_(std::move(socket)) {
  error_code failure;
  const auto peer = socket_.remote_endpoint(failure);
  if (!failure) peer_ = peer.address();
  const auto own = socket_.local_endpoint(failure);
  if (!failure) own_ = own.address();
  socket_.set_option(tcp::no_delay(true), failure);  // without it slower, not wrong
}

void ServerStream::cancel() {
  error_code ignored;  // what went on has ended already
  socket_.cancel(ignored);
}

void ServerStream::shutdown_send() {
  error_code ignored;  // the other side may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void ServerStream::close() {
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
  return std::make_unique<ServerStream>(tcp::socket(executor, own.protocol(), handle));
}

void ServerStream::read_some(asio::mutable_buffer into, IoHandler handler) {
  socket_.async_read_some(into, std::move(handler));
}

void ServerStream::write_some(const Gathered& from, IoHandler handler) {
  socket_.async_write_some(from, std::move(handler));
}

}  // namespace earshot::http
