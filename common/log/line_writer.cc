#include "common/log/line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace earshot::log {

LineWriter::LineWriter(int descriptor, std::function<std::string(std::uint64_t)> lost_line)
    : descriptor_(descriptor), lost_line_(std::move(lost_line)) {}

LineWriter::~LineWriter() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

void LineWriter::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void LineWriter::write(std::string line) {
  if (!thread_.joinable()) return write_out(line);
  {
    const std::scoped_lock lock(mutex_);
    ++given_;
    waiting_bytes_ += line.size();
    waiting_.push_back(std::move(line));
    while (waiting_bytes_ > kMaxWaitingBytes) {
      waiting_bytes_ -= waiting_.front().size();
      waiting_.pop_front();
      ++settled_;
      ++untold_;
      lost_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  work_.notify_one();
}

bool LineWriter::flush(Milliseconds patience) {
  std::unique_lock lock(mutex_);
  return written_.wait_for(lock, patience, [this, given = given_] { return settled_ >= given; });
}

void LineWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::string line = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= line.size();
    if (const auto missing = std::exchange(untold_, 0); missing > 0) line.insert(0, lost_line_(missing));
    lock.unlock();
    write_out(line);
    lock.lock();
    ++settled_;
    written_.notify_all();
  }
}

// An error that stays, as of a reader that has closed its end, leaves the line unwritten: there is nobody left
// to tell.
void LineWriter::write_out(const std::string& line) const {
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t wrote = ::write(descriptor_, line.data() + done, line.size() - done);
    if (wrote > 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (wrote < 0 && errno == EAGAIN) {  // somebody made our stderr non-blocking
      pollfd writable{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      ::poll(&writable, 1, -1);
    } else if (wrote == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace earshot::log
