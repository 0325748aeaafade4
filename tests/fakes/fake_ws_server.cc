#include "tests/fakes/fake_ws_server.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace earshot::fakes {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

struct WsEnded : std::runtime_error {
  WsEnded() : std::runtime_error("connection ended") {}
};

std::string lower_name(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

struct FakeWsServer::State {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  mutable std::mutex mutex;
  std::condition_variable stopping;
  bool stopped = false;
  Script script;
  Check check;
  int refusal = 0;
  std::string refusal_body;
  Delay delay{0};
  std::vector<FakeRequest> upgrades;
  std::list<int> handles;
  std::vector<std::thread> threads;
  std::thread accepting;

  bool wait(Delay time) {
    std::unique_lock lock(mutex);
    return !stopping.wait_for(lock, time, [this] { return stopped; });
  }
  void serve(tcp::socket socket);
  void accept();
};

namespace {

template <class State>
class Socket final : public FakeSocket {
 public:
  // `io`: the stream's own; run here and by nobody else.
  Socket(State& state, asio::io_context& io, websocket::stream<tcp::socket>& stream, FakeRequest upgrade)
      : state_(state), io_(io), stream_(stream), upgrade_(std::move(upgrade)) {}

  const FakeRequest& upgrade() const override { return upgrade_; }

  FakeFrame receive() override {
    begin_reading();
    io_.restart();
    io_.run();
    return take_read();
  }
  // By an asynchronous read that stays: the socket may show nothing though Beast has read a message ahead.
  std::optional<FakeFrame> receive_within(Delay delay) override {
    begin_reading();
    io_.restart();
    io_.run_for(delay);
    if (!outcome_) return std::nullopt;
    return take_read();
  }
  void send_text(std::string_view text) override { send(text, false); }
  void send_binary(std::string_view bytes) override { send(bytes, true); }
  void send_raw(std::string_view bytes) override {
    error_code failure;
    asio::write(stream_.next_layer(), asio::buffer(bytes.data(), bytes.size()), failure);
    if (failure) throw WsEnded();
  }
  void wait(Delay delay) override {
    if (!state_.wait(delay)) throw WsEnded();
  }
  void close(std::uint16_t code, std::string_view reason) override {
    shake_hands({static_cast<websocket::close_code>(code), reason});
    throw WsEnded();
  }
  // Asynchronous, because a read may be under way.
  void shake_hands(const websocket::close_reason& reason) {
    stream_.async_close(reason, [](error_code) {});
    io_.restart();
    io_.run();
  }
  void reset() override {
    stream_.next_layer().set_option(asio::socket_base::linger(true, 0));
    throw WsEnded();
  }

 private:
  void begin_reading() {
    if (std::exchange(reading_, true)) return;
    stream_.async_read(buffer_, [this](error_code failure, std::size_t) { outcome_ = failure; });
  }
  FakeFrame take_read() {
    reading_ = false;
    if (*std::exchange(outcome_, std::nullopt)) throw WsEnded();
    FakeFrame frame{.binary = stream_.got_binary(), .data = beast::buffers_to_string(buffer_.data())};
    buffer_.clear();
    return frame;
  }
  void send(std::string_view bytes, bool binary) {
    Delay delay{0};
    {
      const std::scoped_lock lock(state_.mutex);
      delay = state_.delay;
    }
    if (delay.count() > 0) wait(delay);
    error_code failure;
    stream_.binary(binary);
    stream_.write(asio::buffer(bytes.data(), bytes.size()), failure);
    if (failure) throw WsEnded();
  }

  State& state_;
  asio::io_context& io_;
  websocket::stream<tcp::socket>& stream_;
  FakeRequest upgrade_;
  beast::flat_buffer buffer_;
  std::optional<error_code> outcome_;  // of the read that is under way
  bool reading_ = false;
};

}  // namespace

void FakeWsServer::State::serve(tcp::socket socket) {
  socket.set_option(tcp::no_delay(true));
  beast::flat_buffer buffer;
  bhttp::request<bhttp::string_body> message;
  error_code failure;
  bhttp::read(socket, buffer, message, failure);
  if (failure) return;
  FakeRequest request;
  request.method = std::string(message.method_string());
  const std::string target(message.target());
  request.path = target.substr(0, target.find('?'));
  if (const auto question = target.find('?'); question != std::string::npos)
    request.query = target.substr(question + 1);
  for (const auto& field : message)
    request.headers[lower_name(std::string(field.name_string()))] = std::string(field.value());
  Script play;
  Check examine;
  int status = 0;
  std::string body;
  {
    const std::scoped_lock lock(mutex);
    upgrades.push_back(request);
    play = script;
    examine = check;
    status = refusal;
    body = refusal_body;
  }
  std::string date;
  if (status == 0 && examine) {
    if (const auto refused = examine(request)) {
      status = refused->status;
      body = refused->body;
      date = refused->date;
    }
  }
  if (status != 0) {
    bhttp::response<bhttp::string_body> answer(static_cast<bhttp::status>(status), 11);
    answer.set(bhttp::field::content_type, "application/json");
    if (!date.empty()) answer.set(bhttp::field::date, date);
    answer.body() = body;
    answer.prepare_payload();
    bhttp::write(socket, answer, failure);
    return;
  }
  asio::io_context reading{1};
  websocket::stream<tcp::socket> stream(tcp::socket(reading, tcp::v4(), socket.release()));
  stream.read_message_max(16 * 1024 * 1024);
  stream.accept(message, failure);
  if (failure) return;
  Socket<State> front(*this, reading, stream, std::move(request));
  if (play) play(front);
  front.shake_hands(websocket::close_code::normal);
}

void FakeWsServer::State::accept() {
  while (true) {
    tcp::socket socket(io);
    error_code failure;
    acceptor.accept(socket, failure);
    const std::scoped_lock lock(mutex);
    if (failure || stopped) return;
    // The destructor shuts down through a duplicate, so that it never touches a number that was used again.
    const int handle = ::dup(socket.native_handle());
    handles.push_back(handle);
    threads.emplace_back([this, handle, moved = std::move(socket)]() mutable {
      try {
        serve(std::move(moved));
      } catch (const std::exception&) {
        // The script ended it, or the client went away: both are part of the play.
      }
      const std::scoped_lock ending(mutex);
      handles.remove(handle);
      ::close(handle);  // the last one: now the peer sees the end, or the reset
    });
  }
}

FakeWsServer::FakeWsServer() : state_(std::make_shared<State>()) {
  state_->accepting = std::thread([state = state_.get()] { state->accept(); });
}

FakeWsServer::~FakeWsServer() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopped = true;
    for (const int handle : state_->handles) ::shutdown(handle, SHUT_RDWR);
  }
  state_->stopping.notify_all();
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
  state_->accepting.join();
  for (auto& thread : state_->threads) thread.join();
}

std::uint16_t FakeWsServer::port() const {
  return state_->acceptor.local_endpoint().port();
}

std::string FakeWsServer::url(const std::string& path) const {
  return "ws://127.0.0.1:" + std::to_string(port()) + path;
}

void FakeWsServer::on_connection(Script script) {
  const std::scoped_lock lock(state_->mutex);
  state_->script = std::move(script);
}

void FakeWsServer::refuse_with(int status, std::string body) {
  const std::scoped_lock lock(state_->mutex);
  state_->refusal = status;
  state_->refusal_body = std::move(body);
}

void FakeWsServer::check_upgrade(Check check) {
  const std::scoped_lock lock(state_->mutex);
  state_->check = std::move(check);
}

void FakeWsServer::set_delay(Delay delay) {
  const std::scoped_lock lock(state_->mutex);
  state_->delay = delay;
}

std::vector<FakeRequest> FakeWsServer::upgrades() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->upgrades;
}

}  // namespace earshot::fakes
