#include "common/service/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace earshot {

namespace {

std::string taken_from_environment(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || stop != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  const std::string socket = taken_from_environment("NOTIFY_SOCKET");
  const auto time = number(taken_from_environment("WATCHDOG_USEC"));
  const auto process = number(taken_from_environment("WATCHDOG_PID"));
  const bool ours = !process || *process == ::getpid();
  if (socket.empty()) return {};
  return ServiceManager(socket, time && ours ? std::optional(Microseconds(*time)) : std::nullopt);
}

ServiceManager::ServiceManager(const std::string& socket, std::optional<Microseconds> watchdog)
    : watchdog_(watchdog) {
  sockaddr_un address{};
  if (socket.size() < 2 || socket.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (socket.front() == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    ::close(descriptor);
    return;
  }
  descriptor_ = descriptor;
}

ServiceManager::ServiceManager(ServiceManager&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), watchdog_(std::exchange(other.watchdog_, {})) {}

ServiceManager& ServiceManager::operator=(ServiceManager&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(watchdog_, other.watchdog_);
  return *this;
}

ServiceManager::~ServiceManager() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ServiceManager::reloading(SteadyTime now) const {
  const auto since_boot = std::chrono::duration_cast<Microseconds>(now.time_since_epoch());
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
}

void ServiceManager::status(std::string_view text) const {
  std::string line = "STATUS=" + std::string(text);
  std::ranges::replace(line, '\n', ' ');  // a second line would be another message
  tell(line);
}

std::optional<Microseconds> ServiceManager::alive_every() const {
  if (!listens() || !watchdog_) return std::nullopt;
  return *watchdog_ / 2;
}

// What is not sent is not missed: the next sign of life follows, and nobody waits for a manager.
void ServiceManager::tell(std::string_view lines) const {
  if (descriptor_ < 0) return;
  (void)::send(descriptor_, lines.data(), lines.size(), MSG_NOSIGNAL);
}

}  // namespace earshot
