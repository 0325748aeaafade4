#include "common/ipc/join_exchange.h"

#include <utility>

#include "common/base/bytes.h"

namespace earshot::ipc {

std::shared_ptr<JoinExchange> JoinExchange::create(Connection connection, Milliseconds patience) {
  auto made = std::make_shared<JoinExchange>(Passkey{}, std::move(connection), patience);
  made->timer_.async_wait([weak = made->weak_from_this()](error_code stopped) {
    const auto self = weak.lock();
    if (stopped || !self) return;
    self->late_ = true;
    error_code ignored;  // what goes on ends with an error
    self->connection_.socket.close(ignored);
  });
  return made;
}

JoinExchange::JoinExchange(Passkey, Connection connection, Milliseconds patience)
    : connection_(std::move(connection)), timer_(connection_.socket.get_executor(), patience) {}

void JoinExchange::receive(std::function<void(Result<std::string>)> done) {
  asio::post(connection_.socket.get_executor(),
             [self = shared_from_this(), done = std::move(done)] { self->take_records(done); });
}

void JoinExchange::take_records(const std::function<void(Result<std::string>)>& done) {
  using Step = tls::TlsSession::Step;
  while (true) {
    ByteView record;
    const auto verdict = reader_.next(record);
    if (verdict == RecordReader::Verdict::kRecord && record.size() <= kMaxJoinBytes)
      return done(std::string(as_text(record)));
    if (verdict != RecordReader::Verdict::kNeedMore ||
        reader_.capacity_bytes() > 4 * RecordReader::kReadBytes)
      return done(Error{ErrorCode::kTooLarge, "the other end says more than belongs here"});
    std::size_t got = 0;
    const Step step = connection_.tls->read(reader_.prepare(), got);
    if (step == Step::kDone) {
      reader_.commit(got);
      continue;
    }
    if (step == Step::kNeedsInput) return read_more(done);
    return done(step == Step::kClosed ? Error{ErrorCode::kUnavailable, "it hung up"}
                                      : Error{ErrorCode::kInvalid, connection_.tls->why()});
  }
}

void JoinExchange::read_more(std::function<void(Result<std::string>)> done) {
  connection_.socket.async_read_some(
      asio::buffer(encrypted_),
      [self = shared_from_this(), done = std::move(done)](error_code failure, std::size_t bytes) {
        if (self->late_) return done(Error{ErrorCode::kTimeout, "no answer in time"});
        if (failure) return done(Error{ErrorCode::kUnavailable, "it hung up: " + failure.message()});
        self->connection_.tls->feed(ByteView(self->encrypted_).first(bytes));
        self->take_records(done);
      });
}

void JoinExchange::send(const std::string& body, std::function<void(Status)> done) {
  Bytes record(kLengthBytes);
  store_be32(record.data(), static_cast<std::uint32_t>(body.size()));
  record.insert(record.end(), body.begin(), body.end());
  const bool written = connection_.tls->write(record) == tls::TlsSession::Step::kDone;
  connection_.tls->take_output(sending_);
  if (!written) {
    asio::post(connection_.socket.get_executor(), [self = shared_from_this(), done = std::move(done)] {
      done(Error{ErrorCode::kInvalid, self->connection_.tls->why()});
    });
    return;
  }
  asio::async_write(connection_.socket, asio::buffer(sending_),
                    [self = shared_from_this(), done = std::move(done)](error_code failure, std::size_t) {
                      if (failure) return done(Error{ErrorCode::kUnavailable, failure.message()});
                      done(kDone);
                    });
}

void JoinExchange::close() {
  timer_.cancel();
  connection_.tls->say_goodbye();
  connection_.tls->take_output(sending_);
  error_code ignored;  // nobody waits for the goodbye
  connection_.socket.non_blocking(true, ignored);
  connection_.socket.write_some(asio::buffer(sending_), ignored);
  connection_.socket.shutdown(Connection::Socket::shutdown_both, ignored);
  connection_.socket.close(ignored);
}

}  // namespace earshot::ipc
