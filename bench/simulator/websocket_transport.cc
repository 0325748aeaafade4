#include "bench/simulator/websocket_transport.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "bench/simulator/ws_frames.h"

namespace earshot::simulator {

namespace {

constexpr Milliseconds kHandshakeWait{10'000};
constexpr std::size_t kMaxWsMessageBytes = 1024 * 1024;

// Without the port, as the firmware writes it; a server must not look at it.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://") + 3;
  return url.substr(begin, url.find_first_of(":/?", begin) - begin);
}

}  // namespace

WebSocketTransport::WebSocketTransport(asio::io_context& io, Agenda& agenda, WebSocketLogin login,
                                       const Firmware& firmware, Handlers handlers)
    : io_(io),
      agenda_(agenda),
      login_(std::move(login)),
      firmware_(firmware),
      handlers_(std::move(handlers)) {}

std::string WebSocketTransport::hello_head() const {
  return R"("version":)" + std::to_string(login_.server.version) + R"(,"transport":"websocket")";
}

Status WebSocketTransport::start() {
  agenda_.at(agenda_.now(), [this] { handlers_.ready(); });
  return kDone;
}

void WebSocketTransport::open(std::function<void()> done) {
  close();
  const std::uint64_t number = ++connection_;
  http::WebSocketRequest request;
  request.url = login_.server.url;
  request.connect_timeout = kHandshakeWait;
  request.max_message_bytes = kMaxWsMessageBytes;
  request.headers = {{"Host", host_of(request.url)},
                     {"Protocol-Version", std::to_string(login_.server.version)},
                     {"Device-Id", login_.mac},
                     {"Client-Id", login_.client_id}};
  if (auto token = authorization(login_.server.token.reveal()); !token.empty())
    request.headers.emplace_back("Authorization", std::move(token));
  // Through the agenda: a message that is handled late must not be overtaken.
  socket_ = http::connect_websocket(
      io_, std::move(request),
      {.on_open =
           [this, number, done = std::move(done)] {
             agenda_.at(agenda_.now(), [this, number, done] {
               if (number != connection_) return;
               opened_ = true;
               done();
             });
           },
       .on_text =
           [this, number](std::string_view text) {
             const SteadyTime arrival = agenda_.now();
             agenda_.at(arrival, [this, number, arrival, message = std::string(text)] {
               if (number == connection_) handlers_.message(message, arrival);
             });
           },
       .on_binary =
           [this, number](ByteView bytes) {
             const SteadyTime arrival = agenda_.now();
             agenda_.at(arrival, [this, number, arrival, frame = Bytes(bytes.begin(), bytes.end())] {
               if (number == connection_) arrived(frame, arrival);
             });
           },
       .on_closed =
           [this, number](const http::WebSocketClosed& closed) {
             agenda_.at(agenda_.now(), [this, number, closed] {
               if (number == connection_) ended(closed);
             });
           }});
}

bool WebSocketTransport::send(const std::string& text) {
  if (!socket_ || !socket_->is_open()) return false;
  socket_->send_text(text);
  return true;
}

Status WebSocketTransport::begin_audio(const ServerHello& hello, std::uint64_t) {
  pace_.emplace(Milliseconds(hello.frame_duration_ms), firmware_.decode_queue_packets);
  return kDone;
}

void WebSocketTransport::send_audio(ByteView opus) {
  if (!pace_ || !socket_ || !socket_->is_open()) return;
  ++counts_.frames_up;
  socket_->send_binary(make_ws_frame(login_.server.version, opus, 0));
}

void WebSocketTransport::speech_started(SteadyTime now) {
  if (pace_) pace_->speech_started(now);
}

void WebSocketTransport::close() {
  ++connection_;
  opened_ = false;
  received_ = 0;
  keep_counts();
  socket_.reset();
}

void WebSocketTransport::add_to(LinkCounts& counts) const {
  counts.frames_up += counts_.frames_up;
  counts.frames_down += counts_.frames_down;
  const std::uint64_t burst = pace_ ? pace_->max_burst() : 0;
  counts.max_burst = std::max({counts.max_burst, counts_.max_burst, burst});
  counts.max_lead_frames =
      std::max({counts.max_lead_frames, counts_.max_lead_frames, pace_ ? pace_->max_lead_frames() : 0});
}

std::string WebSocketTransport::authorization(std::string_view token) {
  if (token.empty()) return {};
  const bool whole = token.find(' ') != std::string_view::npos;
  return (whole ? "" : "Bearer ") + std::string(token);
}

void WebSocketTransport::arrived(Bytes frame, SteadyTime arrival) {
  ++counts_.frames_down;
  Violations broken;
  const auto opus = read_ws_frame(login_.server.version, frame, broken);
  if (pace_) pace_->received(arrival, broken);
  const std::optional<Bytes> packet = opus ? std::optional(Bytes(opus->begin(), opus->end())) : std::nullopt;
  const std::uint64_t number = connection_;
  handlers_.wire(arrival, std::move(broken));
  if (packet && number == connection_) handlers_.audio({.opus = *packet, .sequence = ++received_});
}

void WebSocketTransport::ended(const http::WebSocketClosed& closed) {
  const bool was_open = opened_;
  close();
  if (closed.protocol_violation) handlers_.wire(agenda_.now(), {{Rule::kWsProtocol, closed.error.message}});
  if (was_open) return handlers_.ended();
  handlers_.failed(closed.error.message);
}

void WebSocketTransport::keep_counts() {
  if (!pace_) return;
  counts_.max_burst = std::max<std::uint64_t>(counts_.max_burst, pace_->max_burst());
  counts_.max_lead_frames = std::max(counts_.max_lead_frames, pace_->max_lead_frames());
  pace_.reset();
}

}  // namespace earshot::simulator
