#include "gateway/process/run_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace earshot::broker {

namespace {

constexpr mode_t kPrivateFolder = 0700;
constexpr mode_t kPrivateFile = 0600;

Error refused(const std::filesystem::path& path, int error_number) {
  return {ErrorCode::kUnavailable, path.string() + ": " + std::strerror(error_number)};
}

}  // namespace

Status prepare_run_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), failure);
  if (::mkdir(folder.c_str(), kPrivateFolder) != 0 && errno != EEXIST) return refused(folder, errno);
  // The folder may have been laid there by another user of /tmp: look at what it is, not at what a link says.
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0) return refused(folder, errno);
  if (!S_ISDIR(found.st_mode)) return Error{ErrorCode::kInvalid, folder.string() + " is not a folder"};
  if (found.st_uid != ::geteuid())
    return Error{ErrorCode::kInvalid, folder.string() + " belongs to another user"};
  if (::chmod(folder.c_str(), kPrivateFolder) != 0) return refused(folder, errno);
  return kDone;
}

Status write_private_file(const std::filesystem::path& file, std::string_view content) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return refused(file, errno);
  const int descriptor =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFile);
  if (descriptor < 0) return refused(file, errno);
  int failure = 0;
  while (!content.empty() && failure == 0) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written >= 0) {
      content.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      failure = errno;
    }
  }
  if (::close(descriptor) != 0 && failure == 0) failure = errno;
  if (failure != 0) return refused(file, failure);
  return kDone;
}

}  // namespace earshot::broker
