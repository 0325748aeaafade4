// A file that is read in pieces. Blocks: for a thread that may.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/result.h"

namespace earshot::http {

class FileReader {
 public:
  FileReader() = default;
  ~FileReader();
  FileReader(FileReader&& other) noexcept;
  FileReader& operator=(FileReader&& other) noexcept;

  // Errors: kNotFound: not there, not readable, or no regular file. Symbolic links are not followed.
  static Result<FileReader> open(const std::filesystem::path& path);

  std::uint64_t size() const { return size_; }
  // As many as there are, up to `length`; empty at the end or on a failure.
  std::string read(std::uint64_t offset, std::size_t length) const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace earshot::http
