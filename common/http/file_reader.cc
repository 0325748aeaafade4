#include "common/http/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace earshot::http {

FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileReader::FileReader(FileReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

FileReader& FileReader::operator=(FileReader&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

Result<FileReader> FileReader::open(const std::filesystem::path& path) {
  FileReader file;
  // Not blocking: opening a FIFO would wait for its writer.
  file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat facts {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode))
    return Error{ErrorCode::kNotFound, "no such file: " + path.filename().string()};
  file.size_ = static_cast<std::uint64_t>(facts.st_size);
  return file;
}

std::string FileReader::read(std::uint64_t offset, std::size_t length) const {
  std::string piece(length, '\0');
  std::size_t filled = 0;
  while (filled < length) {
    const auto got =
        ::pread(descriptor_, piece.data() + filled, length - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  piece.resize(filled);
  return piece;
}

}  // namespace earshot::http
