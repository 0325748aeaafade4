#include "common/ipc/channel.h"

#include <string>
#include <utility>

namespace earshot::ipc {

namespace {

// One write takes about this much, so that audio behind it can still be left out when the peer is slow.
constexpr std::size_t kBatchBytes = 64 * 1024;
// A socket that takes all of them is given so many at once: what is posted instead waits for its turn.
constexpr int kBatchesAtOnce = 8;
// A holder's records leave without flush() when so much waits: much more than a round's, little of the outbox.
constexpr std::size_t kFlushMark = 4 * kBatchBytes;
constexpr Milliseconds kDrainTime{1000};

}  // namespace

std::shared_ptr<Channel> Channel::create(Connection connection, ChannelLimits limits) {
  return std::make_shared<Channel>(Passkey{}, std::move(connection), limits);
}

Channel::Channel(Passkey, Connection connection, ChannelLimits limits)
    : socket_(std::move(connection.socket)),
      tls_(std::move(connection.tls)),
      encrypted_(tls_ ? RecordReader::kReadBytes : 0),
      drain_timer_(socket_.get_executor()),
      outbox_({.control_bytes = limits.outbox_bytes,
               .session_bytes = limits.outbox_session_bytes,
               .audio_bytes = limits.outbox_audio_bytes}) {}

void Channel::start(Handlers handlers) {
  EARSHOT_CHECK(state_ == State::kMade, "a channel starts once");
  handlers_ = std::move(handlers);
  state_ = State::kOpen;
  error_code ignored;  // a socket that blocks would only be slower
  socket_.non_blocking(true, ignored);
  if (!tls_) return read_more();
  // What came behind the handshake's last record is in the session already, and no byte need follow it.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->state_ == State::kOpen && self->decrypt({})) self->read_more();
  });
}

bool Channel::offer(const Envelope& control) {
  if (state_ != State::kOpen) return true;
  const std::size_t size = control.ByteSizeLong();
  if (size > kMaxRecordBytes) {
    ++stats_.oversized_out;
    return true;
  }
  const ControlClass kind = class_of(control);
  const auto room = outbox_.add_control(size, kind, control.session());
  if (room.data() != nullptr) {
    control.SerializeWithCachedSizesToArray(room.data());
    queued();
    return true;
  }
  switch (kind) {
    case ControlClass::kOptional:
      ++stats_.control_left_out;
      break;
    case ControlClass::kSession:
      ++stats_.session_overflow;
      break;
    case ControlClass::kLink:
      fail({ErrorCode::kTooLarge, "the outbox is full: " + std::to_string(outbox_.control_bytes() / 1024) +
                                      " KiB of control wait for the peer"});
      break;
  }
  return false;
}

void Channel::send_audio(const Envelope& audio) {
  if (state_ != State::kOpen) return;
  const std::size_t size = audio.ByteSizeLong();
  if (size > kMaxRecordBytes) {
    ++stats_.oversized_out;
    return;
  }
  audio.SerializeWithCachedSizesToArray(outbox_.add_audio(size).data());
  stats_.audio_dropped = outbox_.audio_dropped();
  queued();
}

void Channel::when_below(std::size_t bytes, std::function<void()> then) {
  waiter_ = {.bytes = bytes, .then = std::move(then)};
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->tell_waiter(); });
}

void Channel::flush() {
  if (write_pending_ || outbox_.empty() || state_ != State::kOpen) return;
  write_pending_ = true;
  write_batch();
}

void Channel::close() {
  if (state_ == State::kDraining || state_ == State::kClosed) return;
  flush();
  // A handler may be the caller: its own closure must outlive the call, so it is dropped in the next round.
  asio::post(socket_.get_executor(), [dropped = std::exchange(handlers_, {})] {});
  if (state_ != State::kOpen || !write_pending_) return shut();
  state_ = State::kDraining;
  drain_timer_.expires_after(kDrainTime);
  drain_timer_.async_wait([self = shared_from_this()](error_code stopped) {
    if (!stopped) self->shut();
  });
}

void Channel::queued() {
  if (held_ && outbox_.bytes() >= kFlushMark) return flush();
  schedule_write();
}

void Channel::tell_waiter() {
  if (state_ != State::kOpen || !waiter_.then || outbox_.bytes() >= waiter_.bytes) return;
  const auto then = std::exchange(waiter_.then, {});
  then();
}

void Channel::read_more() {
  const auto room = tls_ ? std::span(encrypted_) : reader_.prepare();
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](error_code failure, std::size_t count) { self->on_read(failure, count); });
}

void Channel::on_read(error_code failure, std::size_t count) {
  if (state_ != State::kOpen) return;
  if (failure) {
    return fail({ErrorCode::kUnavailable,
                 failure == asio::error::eof ? "the peer closed the link" : failure.message()});
  }
  if (tls_) {
    if (decrypt(ByteView(encrypted_).first(count))) read_more();
    return;
  }
  reader_.commit(count);
  if (take_records()) read_more();
}

bool Channel::decrypt(ByteView bytes) {
  using Step = tls::TlsSession::Step;
  if (!bytes.empty()) tls_->feed(bytes);
  while (state_ == State::kOpen) {
    std::size_t got = 0;
    switch (tls_->read(reader_.prepare(), got)) {
      case Step::kDone:
        reader_.commit(got);
        if (!take_records()) return false;
        break;
      case Step::kNeedsInput:
        return true;
      case Step::kClosed:
        fail({ErrorCode::kUnavailable, "the peer closed the link"});
        return false;
      case Step::kFailed:
        fail({ErrorCode::kInvalid, tls_->why()});
        return false;
    }
  }
  return false;
}

// RETURNS: whether more is to be read.
bool Channel::take_records() {
  ByteView record;
  while (state_ == State::kOpen) {
    const auto verdict = reader_.next(record);
    if (verdict == RecordReader::Verdict::kNeedMore) return true;
    if (verdict == RecordReader::Verdict::kTooLarge) {
      fail({ErrorCode::kTooLarge, "the peer announced a record over the limit"});
      return false;
    }
    ++stats_.records_in;
    if (handlers_.on_audio_down) {
      if (const auto audio = read_audio_down(record)) {
        handlers_.on_audio_down(*audio);
        continue;
      }
    }
    if (!incoming_.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
      ++stats_.malformed;
    } else if (incoming_.body_case() == Envelope::BODY_NOT_SET) {
      ++stats_.unknown_body;
    } else {
      handlers_.on_envelope(incoming_);
    }
  }
  return false;
}

void Channel::schedule_write() {
  if (held_ || write_pending_) return;
  write_pending_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write_batch(); });
}

void Channel::write_batch() {
  if (state_ != State::kOpen && state_ != State::kDraining) return;
  error_code failure;
  for (int batch = 0; batch < kBatchesAtOnce && !failure && !outbox_.empty(); ++batch) {
    writing_.clear();
    stats_.records_out += outbox_.take(writing_, kBatchBytes);
    const asio::const_buffer batch_bytes = encrypted_batch(failure);
    if (failure) break;
    // As a rule the socket takes all of it at once, and nothing needs to wait for that.
    const std::size_t written = socket_.write_some(asio::buffer(batch_bytes), failure);
    if (failure == asio::error::would_block) return write_rest(0);
    if (!failure && written < batch_bytes.size()) return write_rest(written);
  }
  on_written(failure);
}

// One write to TLS a batch: it cuts that into as few records as can be.
asio::const_buffer Channel::encrypted_batch(error_code& failure) {
  if (!tls_) return asio::buffer(writing_);
  if (tls_->write(writing_) != tls::TlsSession::Step::kDone) failure = asio::error::connection_reset;
  tls_->take_output(sending_);
  return asio::buffer(sending_);
}

void Channel::write_rest(std::size_t written) {
  asio::async_write(
      socket_, (tls_ ? asio::const_buffer(asio::buffer(sending_)) : asio::buffer(writing_)) + written,
      [self = shared_from_this()](error_code failure, std::size_t) { self->on_written(failure); });
}

void Channel::on_written(error_code failure) {
  writing_.clear();
  if (state_ != State::kOpen && state_ != State::kDraining) return;
  if (failure) {
    if (state_ == State::kDraining) return shut();
    return fail({ErrorCode::kUnavailable, failure.message()});
  }
  if (waiter_.then && outbox_.bytes() < waiter_.bytes) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->tell_waiter(); });
  }
  if (!outbox_.empty()) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write_batch(); });
    return;
  }
  write_pending_ = false;
  if (state_ == State::kDraining) shut();
}

void Channel::fail(Error error) {
  state_ = State::kFailing;
  asio::post(socket_.get_executor(), [self = shared_from_this(), error = std::move(error)] {
    if (self->state_ != State::kFailing) return;  // close() came first
    const auto handlers = std::exchange(self->handlers_, {});
    self->shut();
    if (handlers.on_closed) handlers.on_closed(error);
  });
}

void Channel::shut() {
  state_ = State::kClosed;
  drain_timer_.cancel();
  // It may hold the last reference to its owner, and so to us.
  asio::post(socket_.get_executor(), [dropped = std::exchange(waiter_, {})] {});
  error_code ignored;  // closing is best effort: the descriptor is released either way
  if (tls_) {
    tls_->say_goodbye();
    tls_->take_output(sending_);
    socket_.write_some(asio::buffer(sending_), ignored);  // at once or not at all
  }
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace earshot::ipc
