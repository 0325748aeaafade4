// By what a change of a file is seen: a renewal may keep the size, a copy the time. Driver.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>

namespace earshot {

struct FileMark {
  std::filesystem::file_time_type written;
  std::uintmax_t bytes = 0;
  bool operator==(const FileMark&) const = default;
};

// nullopt: it is not there, or may not be looked at.
inline std::optional<FileMark> file_mark(const std::filesystem::path& file) {
  std::error_code failure;
  const FileMark mark{.written = std::filesystem::last_write_time(file, failure),
                      .bytes = failure ? 0 : std::filesystem::file_size(file, failure)};
  if (failure) return std::nullopt;
  return mark;
}

}  // namespace earshot
