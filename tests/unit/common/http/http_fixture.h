// A real server on loopback with the routes a test gives it, and a client that speaks byte by byte.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <thread>

#include "common/http/http_server.h"

namespace earshot::http {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) { socket_.connect({asio::ip::make_address("127.0.0.1"), port}); }
  void send(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }
  // Until the other side closes.
  std::string read_all() {
    std::string answer = std::exchange(rest_, {});
    error_code failure;
    asio::read(socket_, asio::dynamic_buffer(answer), failure);
    return answer;
  }
  // Up to and with `end`; what the server sent till then if it closes before.
  std::string read_until(const std::string& end) {
    while (rest_.find(end) == std::string::npos) {
      char bytes[4096];
      error_code failure;
      const std::size_t got = socket_.read_some(asio::buffer(bytes), failure);
      if (failure) return std::exchange(rest_, {});
      rest_.append(bytes, got);
    }
    const std::size_t length = rest_.find(end) + end.size();
    std::string text = rest_.substr(0, length);
    rest_.erase(0, length);
    return text;
  }
  std::string read_bytes(std::size_t length) {
    while (rest_.size() < length) {
      char bytes[4096];
      error_code failure;
      const std::size_t got = socket_.read_some(asio::buffer(bytes), failure);
      if (failure) return std::exchange(rest_, {});
      rest_.append(bytes, got);
    }
    std::string text = rest_.substr(0, length);
    rest_.erase(0, length);
    return text;
  }
  void shrink_receive_buffer() { socket_.set_option(asio::socket_base::receive_buffer_size(4096)); }
  void close() { socket_.close(); }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  std::string rest_;
};

class HttpServerTest : public testing::Test {
 protected:
  ~HttpServerTest() override { stop_serving(); }
  // A test with members that handlers use calls it at the beginning of its destructor.
  void stop_serving() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { server_->stop(); });
    thread_.join();
  }
  void serve(ServerLimits limits = {}) {
    server_.emplace(io_, "127.0.0.1", std::uint16_t{0}, "http.port", router_, std::move(limits));
    thread_ = std::thread([this] { io_.run(); });
  }
  // Everything that the server sends until it closes.
  std::string exchange(const std::string& bytes) {
    RawClient client(server_->port());
    client.send(bytes);
    return client.read_all();
  }
  ServerStats stats() {
    ServerStats copy;
    std::promise<void> done;
    asio::post(io_, [&] {
      copy = server_->stats();
      done.set_value();
    });
    done.get_future().wait();
    return copy;
  }
  static Handler says(std::string text) {
    return [text](const Request&, const Reply& reply) {
      reply({.status = 200, .content_type = "text/plain", .body = text, .headers = {}});
    };
  }

  asio::io_context io_{1};
  Router router_;
  std::optional<Server> server_;
  std::thread thread_;
};

}  // namespace earshot::http
