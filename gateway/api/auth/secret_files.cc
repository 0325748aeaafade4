#include "gateway/api/auth/secret_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/startup_error.h"
#include "gateway/api/auth/credentials.h"
#include "gateway/process/run_folder.h"

namespace earshot::gateway::api {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw StartupError(ExitCode::kConfig, file.string() + ": " + why);
}

void write_secret(const std::filesystem::path& file, const std::string& text) {
  if (auto ready = broker::prepare_run_folder(file.parent_path()); !ready)
    refuse(file, ready.error().message);
  if (auto written = broker::write_private_file(file, text); !written) refuse(file, written.error().message);
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// Empty: there is no such file.
std::string read_secret(const std::filesystem::path& file) {
  const Descriptor open{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (open.fd < 0 && errno == ENOENT) return {};
  if (open.fd < 0) refuse(file, std::strerror(errno));
  struct stat facts {};
  if (::fstat(open.fd, &facts) != 0 || !S_ISREG(facts.st_mode)) refuse(file, "is not a regular file");
  if (facts.st_uid != ::geteuid() || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    refuse(file, "may be read by others; remove it and a new one is made");
  std::array<char, 512> text{};
  const ssize_t count = ::read(open.fd, text.data(), text.size());
  if (count < 0) refuse(file, std::strerror(errno));
  std::string all(text.data(), static_cast<std::size_t>(count));
  while (!all.empty() && (all.back() == '\n' || all.back() == '\r')) all.pop_back();
  if (all.empty()) refuse(file, "is empty; remove it and a new one is made");
  return all;
}

}  // namespace

Secret load_or_make_local_token(const std::filesystem::path& file) {
  if (const std::string text = read_secret(file); !text.empty()) {
    auto token = TokenText::parse(text);
    if (!token || token->id != kLocalTokenId)
      refuse(file, "holds no local token; remove it and a new one is made");
    return std::move(token->secret);
  }
  TokenText fresh = TokenText::random();
  fresh.id = kLocalTokenId;
  write_secret(file, fresh.text() + "\n");
  return std::move(fresh.secret);
}

void SetupLink::offer() {
  token_ = Secret(random_hex(32));
  write_secret(file_, base_ + "/#setup=" + std::string(token_.reveal()) + "\n");
}

void SetupLink::withdraw() {
  token_ = Secret();
  std::error_code ignored;  // it may not be there
  std::filesystem::remove(file_, ignored);
}

bool SetupLink::opens(std::string_view token) const {
  return is_offered() && equal_in_constant_time(token_.reveal(), token);
}

}  // namespace earshot::gateway::api
