#include "gateway/process/kept_writer.h"

#include <chrono>
#include <utility>

#include "common/log/log.h"

namespace earshot::gateway {

namespace {

constexpr Milliseconds kAliveInterval{1000};

}  // namespace

KeptWriter::KeptWriter(KeptFolder folder) : folder_(std::move(folder)) {
  thread_ = std::thread([this] {
    mark_alive();
    io_.run();
  });
}

void KeptWriter::write(std::vector<File> files, std::function<void()> done) {
  asio::post(io_, [this, files = std::move(files), done = std::move(done)] {
    write_now(files);
    done();
  });
}

void KeptWriter::stop() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    stopping_ = true;
    mark_.cancel();
    folder_.mark_alive();
    work_.reset();
  });
  thread_.join();
}

void KeptWriter::write_now(const std::vector<File>& files) {
  for (const File& file : files) {
    if (file.content.empty()) {
      folder_.remove(file.name);
      continue;
    }
    const Status stored = folder_.write(file.name, file.content.reveal());
    (stored ? written_ : failed_).fetch_add(1, std::memory_order_relaxed);
    if (stored) continue;
    const auto verdict = failure_log_.ask(std::chrono::steady_clock::now());
    if (verdict.log) {
      log::logger("kept").warn("a session would not outlive the gateway why=\"{}\" suppressed={}",
                               stored.error().message, verdict.suppressed);
    }
  }
}

void KeptWriter::mark_alive() {
  folder_.mark_alive();
  mark_.expires_after(kAliveInterval);
  mark_.async_wait([this](error_code stopped) {
    // It may have expired before it was cancelled.
    if (!stopped && !stopping_) mark_alive();
  });
}

}  // namespace earshot::gateway
