#include "gateway/process/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/base/startup_error.h"
#include "gateway/process/run_folder.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMaxFileBytes = 4096;

// A key file and what it is for, for messages.
struct Wanted {
  const std::filesystem::path& file;
  const KeyPurpose& purpose;
};

[[noreturn]] void refuse(const Wanted& wanted, const std::string& why) {
  throw StartupError(ExitCode::kConfig,
                     std::string(wanted.purpose.name) + " " + wanted.file.string() + ": " + why);
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Secret read_key(const Wanted& wanted, const Descriptor& open) {
  struct stat found {};
  if (::fstat(open.fd, &found) != 0) refuse(wanted, std::strerror(errno));
  if (!S_ISREG(found.st_mode)) refuse(wanted, "is not a regular file");
  if (found.st_uid != ::geteuid()) refuse(wanted, "belongs to another user");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    refuse(wanted,
           "may be read by others; if that is a mistake: chmod 600, else remove it and a new one is made (" +
               std::string(wanted.purpose.when_remade) + ")");
  }
  std::string text(kMaxFileBytes + 1, '\0');
  const ssize_t count = ::read(open.fd, text.data(), text.size());
  if (count < 0) refuse(wanted, std::strerror(errno));
  if (static_cast<std::size_t>(count) > kMaxFileBytes) refuse(wanted, "is too large for a key");
  text.resize(static_cast<std::size_t>(count));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) refuse(wanted, "is empty; remove it and a new one is made");
  return Secret(std::move(text));
}

void make_key(const Wanted& wanted) {
  const auto& file = wanted.file;
  if (auto ready = broker::prepare_run_folder(file.parent_path()); !ready)
    refuse(wanted, ready.error().message);
  std::array<std::uint8_t, kKeyBytes> bytes{};
  fill_random(bytes);
  const Secret key(to_base64(bytes));
  const std::filesystem::path fresh = file.string() + ".new";
  if (auto written = broker::write_private_file(fresh, std::string(key.reveal()) + "\n"); !written) {
    refuse(wanted, written.error().message);
  }
  // A link and not a rename: a key that another start has just made is kept.
  if (::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST) refuse(wanted, std::strerror(errno));
  ::unlink(fresh.c_str());
}

}  // namespace

Secret load_or_make_key(const std::filesystem::path& file, const KeyPurpose& purpose) {
  const Wanted wanted{file, purpose};
  for (bool made = false;; made = true) {
    const Descriptor open{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (open.fd >= 0) return read_key(wanted, open);
    if (errno != ENOENT || made) refuse(wanted, std::strerror(errno));
    make_key(wanted);
  }
}

}  // namespace earshot::gateway
