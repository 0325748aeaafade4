#include "gateway/control/firmware/firmware_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "common/base/startup_error.h"

namespace earshot::gateway {

namespace {

Error disk_error(const char* what) {
  return {ErrorCode::kUnavailable, std::string("firmware: ") + what + ": " + std::strerror(errno)};
}

bool write_all(int file, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return true;
}

// The name is durable when the folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

struct FirmwareDisk::Part {
  explicit Part(std::filesystem::path where) : path(std::move(where)) {}
  ~Part() { close(); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  void close() {
    if (file >= 0) ::close(file);
    file = -1;
  }

  std::filesystem::path path;
  int file = -1;
  std::uint64_t size = 0;
  Sha256 hash;
};

FirmwareDisk::FirmwareDisk(std::filesystem::path folder, Executor executor)
    : folder_(std::move(folder)), executor_(std::move(executor)) {
  std::error_code failure;
  std::filesystem::create_directories(folder_, failure);
  if (!failure) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failure);
  if (failure) {
    throw StartupError(ExitCode::kConfig, "firmware: cannot use " + folder_.string() +
                                              " (config key data_dir): " + failure.message());
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failure)) {
    std::error_code ignored;  // one that stays costs its space, no more
    if (entry.path().extension() == ".part") std::filesystem::remove(entry.path(), ignored);
  }
}

FirmwareDisk::~FirmwareDisk() {
  *alive_ = false;
  thread_.join();
}

FirmwareDisk::PartPtr FirmwareDisk::begin(const std::string& upload) {
  return std::make_shared<Part>(folder_ / (upload + ".part"));
}

void FirmwareDisk::append(PartPtr part, std::string bytes, DoneHandler done) {
  post(
      [part, bytes = std::move(bytes)]() -> Status {
        if (part->file < 0) {
          part->file = ::open(part->path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
        }
        if (part->file < 0) return disk_error("cannot make a file");
        if (!write_all(part->file, bytes, part->size)) return disk_error("cannot write");
        part->size += bytes.size();
        part->hash.update(as_bytes(bytes));
        return kDone;
      },
      std::move(done));
}

void FirmwareDisk::finish(PartPtr part, std::string sha256_hex, std::string image, DoneHandler done) {
  post(
      [part, sha256_hex = std::move(sha256_hex), to = path_of(image), folder = folder_]() -> Status {
        std::error_code ignored;  // the file is useless in any case
        if (to_hex(part->hash.finish()) != sha256_hex) {
          part->close();
          std::filesystem::remove(part->path, ignored);
          return Error{ErrorCode::kInvalid,
                       "the checksum is not that of the bytes that came: upload it again"};
        }
        const bool synced = ::fsync(part->file) == 0;
        part->close();
        if (!synced || ::rename(part->path.c_str(), to.c_str()) != 0) {
          const Error failure = disk_error("cannot keep the image");
          std::filesystem::remove(part->path, ignored);
          return failure;
        }
        sync_folder(folder);
        return kDone;
      },
      std::move(done));
}

void FirmwareDisk::abandon(PartPtr part) {
  post(
      [part]() -> Status {
        part->close();
        std::error_code ignored;  // it may never have been made
        std::filesystem::remove(part->path, ignored);
        return kDone;
      },
      {});
}

void FirmwareDisk::remove_image(const std::string& image) {
  post(
      [path = path_of(image)]() -> Status {
        std::error_code ignored;  // gone is what is wanted; a download that is open keeps its bytes
        std::filesystem::remove(path, ignored);
        return kDone;
      },
      {});
}

std::vector<std::string> FirmwareDisk::images() const {
  std::vector<std::string> all;
  std::error_code failure;  // none can be read: then there are none
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failure)) {
    if (entry.path().extension() == ".bin") all.push_back(entry.path().stem().string());
  }
  return all;
}

std::filesystem::path FirmwareDisk::path_of(const std::string& image) const {
  return folder_ / (image + ".bin");
}

std::uint64_t FirmwareDisk::free_bytes() const {
  std::error_code failure;
  const auto space = std::filesystem::space(folder_, failure);
  return failure ? 0 : space.available;
}

template <class Job>
void FirmwareDisk::post(Job job, DoneHandler done) {
  asio::post(thread_,
             [job = std::move(job), done = std::move(done), executor = executor_, alive = alive_]() mutable {
               Status status = job();
               if (!done) return;
               asio::post(executor, [status = std::move(status), done = std::move(done), alive] {
                 if (*alive) done(status);
               });
             });
}

}  // namespace earshot::gateway
