#include "tests/fakes/fake_http_server.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

namespace earshot::fakes {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

struct Ended : std::runtime_error {
  Ended() : std::runtime_error("connection ended by the script") {}
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

struct FakeHttpServer::State {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  mutable std::mutex mutex;
  std::condition_variable stopping;
  bool stopped = false;
  std::map<std::pair<std::string, std::string>, Script> scripts;
  FakeFault fault;
  std::vector<FakeRequest> requests;
  std::size_t accepted = 0;
  std::list<std::shared_ptr<tcp::socket>> sockets;
  std::vector<std::thread> threads;
  std::thread accepting;

  bool wait(Delay delay) {  // false: the server stops
    std::unique_lock lock(mutex);
    return !stopping.wait_for(lock, delay, [this] { return stopped; });
  }
  FakeFault current_fault() const {
    const std::scoped_lock lock(mutex);
    return fault;
  }
  void serve(tcp::socket& socket);
  void accept();
};

namespace {

template <class State>
class Answer final : public FakeAnswer {
 public:
  Answer(State& state, tcp::socket& socket, FakeFault fault)
      : state_(state), socket_(socket), fault_(std::move(fault)) {}

  void head(int status, std::string_view content_type,
            const std::vector<std::pair<std::string, std::string>>& headers) override {
    if (fault_.first_byte_delay.count() > 0) wait(fault_.first_byte_delay);
    std::string text = "HTTP/1.1 " + std::to_string(status) +
                       " Status\r\nContent-Type: " + std::string(content_type) + "\r\n";
    bool has_length = false;
    for (const auto& [name, value] : headers) {
      text += name + ": " + value + "\r\n";
      has_length = has_length || lower(name) == "content-length";
    }
    chunked_ = !has_length;
    if (chunked_) text += "Transfer-Encoding: chunked\r\n";
    write(text + "\r\n");
    begun_ = true;
  }

  void send(std::string_view bytes) override {
    for (const char byte : bytes) {
      char out = byte;
      if (fault_.garbage) out = static_cast<char>(random_());
      piece_ += out;
      ++sent_;
      if (fault_.one_byte_chunks) flush();
      if (fault_.stall_after != 0 && sent_ >= fault_.stall_after) {
        flush();
        while (state_.wait(std::chrono::hours(1))) {
        }
        throw Ended();
      }
      if (fault_.truncate_after != 0 && sent_ >= fault_.truncate_after) {
        flush();
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        throw Ended();
      }
      if (fault_.reset_after != 0 && sent_ >= fault_.reset_after) {
        flush();
        socket_.set_option(asio::socket_base::linger(true, 0));
        socket_.close();
        throw Ended();
      }
    }
    flush();
  }

  void wait(Delay delay) override {
    if (!state_.wait(delay)) throw Ended();
  }

  void finish() {
    if (!begun_) head(500, "text/plain", {});
    if (chunked_) write("0\r\n\r\n");
  }

 private:
  void flush() {
    if (piece_.empty()) return;
    if (chunked_) {
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", piece_.size());
      write(size + piece_ + "\r\n");
    } else {
      write(piece_);
    }
    piece_.clear();
  }
  void write(const std::string& bytes) {
    error_code failure;
    if (fault_.one_byte_chunks) {
      for (const char byte : bytes) asio::write(socket_, asio::buffer(&byte, 1), failure);
    } else {
      asio::write(socket_, asio::buffer(bytes), failure);
    }
    if (failure) throw Ended();
  }

  State& state_;
  tcp::socket& socket_;
  FakeFault fault_;
  std::mt19937 random_{7};
  std::string piece_;
  std::size_t sent_ = 0;
  bool chunked_ = true;
  bool begun_ = false;
};

}  // namespace

void FakeHttpServer::State::serve(tcp::socket& socket) {
  beast::flat_buffer buffer;
  socket.set_option(tcp::no_delay(true));
  while (true) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.body_limit(64 * 1024 * 1024);
    error_code failure;
    bhttp::read(socket, buffer, parser, failure);
    if (failure) return;
    const auto& message = parser.get();
    FakeRequest request;
    request.method = std::string(message.method_string());
    const std::string target(message.target());
    request.path = target.substr(0, target.find('?'));
    if (const auto question = target.find('?'); question != std::string::npos)
      request.query = target.substr(question + 1);
    for (const auto& field : message)
      request.headers[lower(std::string(field.name_string()))] = std::string(field.value());
    request.body = message.body();
    Script script;
    {
      const std::scoped_lock lock(mutex);
      requests.push_back(request);
      const auto found = scripts.find({request.method, request.path});
      if (found != scripts.end()) script = found->second;
    }
    if (request.method == "HEAD") {  // only warms the connection; an answer to it has no body
      asio::write(socket, asio::buffer(std::string_view("HTTP/1.1 204 No Content\r\n\r\n")));
      continue;
    }
    const FakeFault now = current_fault();
    Answer<State> answer(*this, socket, now);
    if (now.status != 0) {
      answer.head(now.status, now.body.starts_with("<") ? "text/html" : "application/json",
                  now.status == 429 ? std::vector<std::pair<std::string, std::string>>{{"Retry-After", "2"}}
                                    : std::vector<std::pair<std::string, std::string>>{});
      answer.send(now.body);
    } else if (script) {
      script(request, answer);
    } else {
      answer.head(404, "application/json", {});
      answer.send(R"({"error":{"message":"no such path"}})");
    }
    answer.finish();
    if (!message.keep_alive()) return;
  }
}

void FakeHttpServer::State::accept() {
  while (true) {
    auto socket = std::make_shared<tcp::socket>(io);
    error_code failure;
    acceptor.accept(*socket, failure);
    const std::scoped_lock lock(mutex);
    if (failure || stopped) return;
    ++accepted;
    sockets.push_back(socket);
    threads.emplace_back([this, socket] {
      try {
        serve(*socket);
      } catch (const std::exception&) {
        // The script ended it, or the client went away: both are part of the play.
      }
      const std::scoped_lock ending(mutex);  // the destructor looks at open sockets
      error_code ignored;
      socket->shutdown(tcp::socket::shutdown_both, ignored);
      socket->close(ignored);
    });
  }
}

FakeHttpServer::FakeHttpServer() : state_(std::make_shared<State>()) {
  state_->accepting = std::thread([state = state_.get()] { state->accept(); });
}

FakeHttpServer::~FakeHttpServer() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopped = true;
    for (const auto& socket : state_->sockets) {
      if (socket->is_open()) ::shutdown(socket->native_handle(), SHUT_RDWR);
    }
  }
  state_->stopping.notify_all();
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);  // wakes the blocking accept()
  state_->accepting.join();
  for (auto& thread : state_->threads) thread.join();
}

std::uint16_t FakeHttpServer::port() const {
  return state_->acceptor.local_endpoint().port();
}

std::string FakeHttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + path;
}

void FakeHttpServer::on(const std::string& method, const std::string& path, Script script) {
  const std::scoped_lock lock(state_->mutex);
  state_->scripts[{method, path}] = std::move(script);
}

void FakeHttpServer::set_fault(FakeFault fault) {
  const std::scoped_lock lock(state_->mutex);
  state_->fault = std::move(fault);
}

std::vector<FakeRequest> FakeHttpServer::requests() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->requests;
}

std::size_t FakeHttpServer::connections() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->accepted;
}

std::string sse(std::string_view data) {
  return "data: " + std::string(data) + "\n\n";
}

}  // namespace earshot::fakes
