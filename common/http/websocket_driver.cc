#include "common/http/websocket_driver.h"

#include <algorithm>
#include <utility>

namespace earshot::http {

namespace {

constexpr std::size_t kKeptQueueBytes = 2048;
constexpr std::size_t kMostDiscarded = 1024 * 1024;  // of a peer that was told to go; then it is cut off

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

WebSocketDriver::WebSocketDriver(const Executor& executor, std::unique_ptr<ServerStream> stream,
                                 WebSocketPlaces::Place place, const WebSocketLimits& limits,
                                 ServerWebSocketHandlers handlers)
    : executor_(executor),
      stream_(std::move(stream)),
      place_(std::move(place)),
      limits_(limits),
      handlers_(std::make_shared<ServerWebSocketHandlers>(std::move(handlers))),
      timer_(executor),
      reader_(limits.message_bytes, limits.skip_bytes) {}

void WebSocketDriver::start(std::string answer) {
  if (phase_ == Phase::kClosed) return;
  if (!stream_) return end(kCloseAbnormal, "the client is gone");
  in_flight_ = std::move(answer);
  writing_ = true;
  if (phase_ == Phase::kOpening) arm(limits_.handshake);
  asio::async_write(
      *stream_, asio::buffer(in_flight_),
      [self = shared_from_this()](error_code failure, std::size_t) { self->on_answered(failure); });
}

bool WebSocketDriver::send(Opcode opcode, ByteView head, ByteView tail) {
  if (!is_queueing()) return false;
  const std::size_t size = frame_size(head.size() + tail.size());
  const std::size_t queued = queued_bytes();
  if (queued > limits_.queued_bytes || size > limits_.queued_bytes - queued) {
    outbox_.clear();
    begin_closing(kClosePolicy, "the messages are not read as fast as they come");
    return false;
  }
  append_frame(outbox_, opcode, head, tail);
  flush_soon();
  return true;
}

void WebSocketDriver::close(std::uint16_t code, std::string_view reason) {
  if (is_queueing()) begin_closing(code, reason);
}

void WebSocketDriver::abandon(std::shared_ptr<WebSocketDriver> driver) {
  const Executor executor = driver->executor_;
  asio::dispatch(executor, [driver = std::move(driver)] {
    driver->handlers_ = std::make_shared<ServerWebSocketHandlers>();
    driver->close(kCloseGoingAway, "");
  });
}

// --- time

void WebSocketDriver::arm(Milliseconds after) {
  timer_.expires_after(after);
  timer_.async_wait([weak = weak_from_this(), id = ++deadline_](error_code failure) {
    const auto self = weak.lock();
    if (!failure && self && id == self->deadline_) self->on_timer();
  });
}

void WebSocketDriver::on_timer() {
  switch (phase_) {
    case Phase::kOpening:
      return end(kCloseAbnormal, "the answer was not taken");
    case Phase::kClosing:
      return end(code_, why_);
    case Phase::kClosed:
      return;
    case Phase::kOpen:
      break;
  }
  const auto silence = std::chrono::duration_cast<Milliseconds>(steady_now() - heard_);
  if (silence >= limits_.dead_after) return end(kCloseAbnormal, "nothing came for too long");
  const Milliseconds to_death = limits_.dead_after - silence;
  if (silence < limits_.ping_after) return arm(std::min(limits_.ping_after - silence, to_death));
  send(Opcode::kPing, {}, {});
  if (phase_ == Phase::kOpen) arm(std::min(limits_.ping_after, to_death));
}

// --- reading

void WebSocketDriver::on_answered(const error_code& failure) {
  if (phase_ == Phase::kClosed) return;
  if (failure) return end(phase_ == Phase::kClosing ? code_ : kCloseAbnormal, failure.message());
  answered_ = true;
  heard_ = steady_now();
  if (phase_ == Phase::kOpening) {
    phase_ = Phase::kOpen;
    arm(std::min(limits_.ping_after, limits_.dead_after));
    const auto handlers = handlers_;
    if (handlers->on_open) handlers->on_open();
  }
  if (phase_ == Phase::kClosed) return;
  read();
  on_written({});
}

void WebSocketDriver::read() {
  stream_->async_read_some(
      asio::buffer(bytes_),
      [self = shared_from_this()](error_code failure, std::size_t bytes) { self->on_read(failure, bytes); });
}

void WebSocketDriver::on_read(const error_code& failure, std::size_t bytes) {
  if (phase_ == Phase::kClosed) return;
  if (failure) {
    if (phase_ == Phase::kClosing) return end(code_, why_);
    return end(kCloseAbnormal, failure == asio::error::eof ? "the client hung up" : failure.message());
  }
  heard_ = steady_now();
  ByteView rest = ByteView(bytes_).first(bytes);
  if (discarding_ && (discarded_ += bytes) > kMostDiscarded) return end(code_, why_);
  while (!discarding_) {
    const WebSocketEvent event = reader_.next(rest);
    if (event.kind == WebSocketEvent::Kind::kNothing) break;
    on_event(event);
    if (phase_ == Phase::kClosed || peer_closed_) return;
  }
  read();
}

void WebSocketDriver::on_event(const WebSocketEvent& event) {
  const auto handlers = handlers_;
  switch (event.kind) {
    case WebSocketEvent::Kind::kText:
      if (phase_ == Phase::kOpen && handlers->on_text) handlers->on_text(event.payload);
      return;
    case WebSocketEvent::Kind::kBinary:
      if (phase_ == Phase::kOpen && handlers->on_binary) handlers->on_binary(as_bytes(event.payload));
      return;
    case WebSocketEvent::Kind::kTooBig:
      if (phase_ == Phase::kOpen && handlers->on_too_big) handlers->on_too_big();
      return;
    case WebSocketEvent::Kind::kPing:
      // Pongs count in the queue: who pings without reading is a slow reader.
      send(Opcode::kPong, {}, as_bytes(event.payload));
      return;
    case WebSocketEvent::Kind::kClose:
      return on_close_frame(event);
    case WebSocketEvent::Kind::kFault:
      discarding_ = true;
      if (phase_ == Phase::kOpen) return begin_closing(event.code, event.payload);
      // It answers our close with nonsense: no answer is to be expected.
      peer_closed_ = true;
      if (!writing_ && outbox_.empty()) end(code_, why_);
      return;
    case WebSocketEvent::Kind::kPong:
    case WebSocketEvent::Kind::kNothing:
      return;
  }
}

void WebSocketDriver::on_close_frame(const WebSocketEvent& event) {
  peer_closed_ = true;
  if (phase_ == Phase::kOpen) {
    begin_closing(event.code, "");
    why_ = event.payload;
    return;
  }
  if (!writing_ && outbox_.empty()) end(code_, why_);  // ours is written
}

// --- writing

// One turn later: what is sent until then goes along.
void WebSocketDriver::flush_soon() {
  if (writing_ || flush_posted_ || !answered_) return;
  flush_posted_ = true;
  asio::post(executor_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->flush();
  });
}

void WebSocketDriver::flush() {
  if (writing_ || !answered_ || phase_ == Phase::kClosed || outbox_.empty()) return;
  std::swap(outbox_, in_flight_);
  writing_ = true;
  asio::async_write(
      *stream_, asio::buffer(in_flight_),
      [self = shared_from_this()](error_code failure, std::size_t) { self->on_written(failure); });
}

void WebSocketDriver::on_written(const error_code& failure) {
  writing_ = false;
  in_flight_.clear();
  if (in_flight_.capacity() > kKeptQueueBytes) std::string().swap(in_flight_);
  if (phase_ == Phase::kClosed) return;
  if (failure) return end(phase_ == Phase::kClosing ? code_ : kCloseAbnormal, failure.message());
  if (!outbox_.empty()) return flush();
  if (phase_ == Phase::kClosing) after_our_close();
}

// The queue is empty, and our close frame was the last of it.
void WebSocketDriver::after_our_close() {
  if (peer_closed_) return end(code_, why_);
  // Closing while bytes of the peer wait unread would reset the connection, and the frame that says why could be
  // lost: what still comes is read, until it closes too or the patience is over.
  if (discarding_) stream_->shutdown_send();
}

// --- the end

void WebSocketDriver::begin_closing(std::uint16_t code, std::string_view why) {
  phase_ = Phase::kClosing;
  code_ = code;
  why_ = why;
  append_close_frame(outbox_, code, why);
  arm(limits_.close_patience);
  flush_soon();
}

// REQUIRES: not from inside a call of the user.
void WebSocketDriver::end(std::uint16_t code, std::string_view why) {
  if (phase_ == Phase::kClosed) return;
  const std::string reason(why);
  phase_ = Phase::kClosed;
  if (stream_) stream_->close();
  ++deadline_;
  timer_.cancel();
  place_.reset();
  std::string().swap(outbox_);
  const auto handlers = std::exchange(handlers_, std::make_shared<ServerWebSocketHandlers>());
  if (handlers->on_closed) handlers->on_closed(code, reason);
}

}  // namespace earshot::http
