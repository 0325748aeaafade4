#include "common/tls/pem_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace earshot::tls {

namespace {

constexpr mode_t kOursAlone = 0600;
constexpr mode_t kFolderOursAlone = 0700;

struct OpenFile {
  int fd;
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
};

Error refused_file(const std::filesystem::path& file, int error_number) {
  const bool missing = error_number == ENOENT;
  return {missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
          file.string() + ": " + std::strerror(error_number)};
}

// Secrets that an orchestrator mounts belong to root and are read by way of their group (0440).
mode_t not_for_keys(const struct stat& found) {
  const bool by_group = found.st_uid == 0 && ::geteuid() != 0;
  return by_group ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
}

Result<std::string> read_all(const std::filesystem::path& file, bool private_only) {
  const OpenFile open{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat found {};
  if (open.fd < 0 || ::fstat(open.fd, &found) != 0) return refused_file(file, errno);
  if (private_only && (found.st_mode & not_for_keys(found)) != 0)
    return Error{ErrorCode::kInvalid, file.string() + " may be read by others: chmod 600 " + file.string()};
  std::string text;
  std::string piece(16 * 1024, '\0');
  while (true) {
    const ssize_t count = ::read(open.fd, piece.data(), piece.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused_file(file, errno);
    text.append(piece, 0, static_cast<std::size_t>(count));
    if (text.size() > kMaxPemFileBytes)
      return Error{ErrorCode::kTooLarge, file.string() + " is larger than such a file can be"};
  }
}

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return errno;
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file) {
  return read_all(file, false);
}

Result<Secret> read_key_file(const std::filesystem::path& file) {
  auto text = read_all(file, true);
  if (!text) return text.error();
  return Secret(std::move(text).value());
}

Status write_private_text(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path folder = file.parent_path();
  std::error_code failure;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), failure);
  if (!folder.empty() && ::mkdir(folder.c_str(), kFolderOursAlone) != 0 && errno != EEXIST)
    return refused_file(folder, errno);
  const std::filesystem::path fresh = file.string() + ".new";
  ::unlink(fresh.c_str());  // of a start that was cut off
  int failed = 0;
  {
    const OpenFile open{
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOursAlone)};
    if (open.fd < 0) return refused_file(fresh, errno);
    failed = write_all(open.fd, text);
  }
  if (failed == 0 && ::rename(fresh.c_str(), file.c_str()) != 0) failed = errno;
  if (failed != 0) {
    ::unlink(fresh.c_str());
    return Error{ErrorCode::kUnavailable, file.string() + ": " + std::strerror(failed)};
  }
  return kDone;
}

}  // namespace earshot::tls
