// One writer of a folder at a time, of all processes that see it. Driver.
//
// Lifecycle: take() -> destroyed: the next one may write. Ends with the process, however that ends.
#pragma once

#include <filesystem>
#include <utility>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::tls {

class FolderLock {
 public:
  // Writing some small files takes milliseconds; who has waited for so long waits for a process that hangs.
  static constexpr Milliseconds kPatience{2000};

  // `file` is made for it, and stays.
  // Errors: kNotFound: there is no such folder; kUnavailable: another one holds it, or the file cannot be opened.
  static Result<FolderLock> take(const std::filesystem::path& file);

  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace earshot::tls
