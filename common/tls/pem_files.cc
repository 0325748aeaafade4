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
constexpr mode_t kFolderOfFolders = 0755;

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

// Root writes for the service that the folder is for (earshotctl under sudo): it must be able to read it.
// RETURNS: 0, or what went wrong.
int give_to_owner_of(const std::filesystem::path& folder, int fd) {
  if (::geteuid() != 0) return 0;
  struct stat owner {};
  struct stat made {};
  if (::stat(folder.empty() ? "." : folder.c_str(), &owner) != 0 || ::fstat(fd, &made) != 0) return errno;
  if (made.st_uid == owner.st_uid && made.st_gid == owner.st_gid) return 0;
  return ::fchown(fd, owner.st_uid, owner.st_gid) == 0 ? 0 : errno;
}

Status make_folder(const std::filesystem::path& folder, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) != 0) {
    if (errno == EEXIST) return kDone;
    return refused_file(folder, errno);
  }
  const OpenFile open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (open.fd < 0) return refused_file(folder, errno);
  if (const int failed = give_to_owner_of(folder.parent_path(), open.fd); failed != 0)
    return refused_file(folder, failed);
  return kDone;
}

Status make_folders(const std::filesystem::path& folder) {
  std::error_code ignored;  // what cannot be looked at cannot be made, and that is told
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return kDone;
  if (auto done = make_folders(folder.parent_path()); !done) return done;
  return make_folder(folder, kFolderOfFolders);
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

Status make_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  if (folder.empty()) return kDone;
  if (auto done = make_folders(folder.parent_path()); !done) return done;
  return make_folder(folder, kFolderOursAlone);
}

Status write_private_text(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path folder = file.parent_path();
  if (auto made = make_folder_of(file); !made) return made;
  const std::filesystem::path fresh = file.string() + ".new";
  ::unlink(fresh.c_str());  // of a start that was cut off
  int failed = 0;
  {
    const OpenFile open{
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOursAlone)};
    if (open.fd < 0) return refused_file(fresh, errno);
    failed = give_to_owner_of(folder, open.fd);
    if (failed == 0) failed = write_all(open.fd, text);
  }
  if (failed == 0 && ::rename(fresh.c_str(), file.c_str()) != 0) failed = errno;
  if (failed != 0) {
    ::unlink(fresh.c_str());
    return Error{ErrorCode::kUnavailable, file.string() + ": " + std::strerror(failed)};
  }
  return kDone;
}

Result<int> open_lock_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kOursAlone);
  if (fd < 0) return refused_file(file, errno);
  const int failed = give_to_owner_of(file.parent_path(), fd);
  if (failed == 0) return fd;
  ::close(fd);
  return refused_file(file, failed);
}

}  // namespace earshot::tls
