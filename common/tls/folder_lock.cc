#include "common/tls/folder_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "common/tls/pem_files.h"

namespace earshot::tls {

namespace {

// Shorter than a writer needs.
constexpr Milliseconds kLookAgain{2};

}  // namespace

// flock and not fcntl: its locks hold between two writers of one process too.
Result<FolderLock> FolderLock::take(const std::filesystem::path& file) {
  const auto opened = open_lock_file(file);
  if (!opened) return opened.error();
  FolderLock lock(*opened);
  const auto limit = std::chrono::steady_clock::now() + kPatience;
  while (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return Error{ErrorCode::kUnavailable, file.string() + ": " + std::strerror(errno)};
    if (std::chrono::steady_clock::now() >= limit)
      return Error{ErrorCode::kUnavailable, file.string() + " is held by another program: try again"};
    std::this_thread::sleep_for(kLookAgain);
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace earshot::tls
