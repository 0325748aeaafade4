#include "gateway/process/kept_folder.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "common/base/sealed_box.h"
#include "common/base/startup_error.h"
#include "gateway/process/run_folder.h"

namespace earshot::gateway {

namespace {

constexpr std::string_view kEnding = ".sealed";
constexpr std::string_view kHalfWritten = ".new";
constexpr const char* kAliveMark = "alive";
constexpr Milliseconds kClockStep{2000};  // as a clock is corrected while it runs

std::string purpose(std::string_view name) {
  return "kept:" + std::string(name);
}

// Negative: of tomorrow.
std::optional<Milliseconds> age_of(const std::filesystem::path& file) {
  std::error_code failure;
  const auto written = std::filesystem::last_write_time(file, failure);
  if (failure) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(std::filesystem::file_time_type::clock::now() - written);
}

// A mark of tomorrow tells nothing: the clock was set back, and nobody knows since when nobody lives.
std::optional<Milliseconds> since_mark(const std::filesystem::path& mark) {
  const auto age = age_of(mark);
  if (!age || *age < -kClockStep) return std::nullopt;
  return std::max(*age, Milliseconds{0});
}

std::string read_whole(const std::filesystem::path& file, std::size_t bytes) {
  std::ifstream in(file, std::ios::binary);
  std::string text(bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return text;
}

}  // namespace

KeptFolder::KeptFolder(std::filesystem::path folder, Secret key)
    : folder_(std::move(folder)), key_(std::move(key)) {
  if (const auto ready = broker::prepare_run_folder(folder_); !ready)
    throw StartupError(ExitCode::kConfig, ready.error().message);
}

std::filesystem::path KeptFolder::file(std::string_view name) const {
  return folder_ / (std::string(name) + std::string(kEnding));
}

Status KeptFolder::write(std::string_view name, std::string_view content) const {
  const std::filesystem::path whole = file(name);
  const std::filesystem::path half = whole.string() + std::string(kHalfWritten);
  Status written = broker::write_private_file(half, seal(key_, purpose(name), content));
  std::error_code failure;
  if (written) std::filesystem::rename(half, whole, failure);
  if (failure) written = Error{ErrorCode::kUnavailable, whole.string() + ": " + failure.message()};
  if (written) return written;
  std::filesystem::remove(half, failure);
  remove(name);
  return written;
}

void KeptFolder::remove(std::string_view name) const {
  std::error_code ignored;  // it was not there
  std::filesystem::remove(file(name), ignored);
}

void KeptFolder::mark_alive() const {
  // Its age counts. Where it cannot be written the next gateway begins anew, as it should.
  std::error_code missing;
  std::filesystem::last_write_time(folder_ / kAliveMark, std::filesystem::file_time_type::clock::now(),
                                   missing);
  if (missing) (void)broker::write_private_file(folder_ / kAliveMark, "");
}

KeptFolder::Found KeptFolder::read_all(Milliseconds within) const {
  Found found;
  found.ended_ago = since_mark(folder_ / kAliveMark);
  std::vector<std::filesystem::path> unwanted;
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder_, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::filesystem::path& path = at->path();
    if (path.filename() == kAliveMark) continue;
    std::error_code of_file;
    const auto age = age_of(path);
    const bool wanted = path.extension() == kEnding && at->is_regular_file(of_file) && !of_file && age &&
                        *age < within && at->file_size(of_file) <= kMaxFileBytes && !of_file &&
                        found.contents.size() < kMaxFiles;
    if (!wanted) {
      unwanted.push_back(path);
      continue;
    }
    auto content = unseal(key_, purpose(path.stem().string()), read_whole(path, kMaxFileBytes));
    if (content) {
      found.contents.push_back(std::move(*content));
    } else {
      ++found.refused;
      unwanted.push_back(path);
    }
  }
  for (const std::filesystem::path& path : unwanted) std::filesystem::remove(path, failure);
  return found;
}

}  // namespace earshot::gateway
