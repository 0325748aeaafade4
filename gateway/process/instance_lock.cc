#include "gateway/process/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "common/base/startup_error.h"
#include "gateway/process/run_folder.h"

namespace earshot::gateway {

namespace {

bool is_file_of(int fd, const std::filesystem::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

InstanceLock::InstanceLock(const std::filesystem::path& run_folder) : file_(run_folder / "gateway.lock") {
  if (auto ready = broker::prepare_run_folder(run_folder); !ready) {
    throw StartupError(ExitCode::kConfig, ready.error().message + " (data_dir)");
  }
  do {
    if (fd_ >= 0) ::close(fd_);
    fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) {
      throw StartupError(ExitCode::kConfig, file_.string() + ": " + std::strerror(errno) + " (data_dir)");
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd_);
      throw StartupError(ExitCode::kBind, "another gateway runs on " + run_folder.parent_path().string() +
                                              ": stop it, or give this one a data_dir of its own");
    }
    // A gateway that ended between open and flock has removed the file: then this lock excludes nobody.
  } while (!is_file_of(fd_, file_));
}

InstanceLock::~InstanceLock() {
  ::unlink(file_.c_str());
  ::close(fd_);
}

}  // namespace earshot::gateway
