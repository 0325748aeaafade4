#include "tests/e2e/silent_dns.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace earshot::e2e {

namespace {

constexpr std::uint16_t kDnsPort = 53;

std::string failed(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

bool write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  return file.good();
}

// Keeps this user's ids: files and programs behave as before.
std::string enter_namespaces() {
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0) return {};
  const auto user = std::to_string(::getuid());
  const auto group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
    return failed("namespaces are not permitted here");
  const bool mapped = write_text("/proc/self/setgroups", "deny") &&
                      write_text("/proc/self/uid_map", user + " " + user + " 1") &&
                      write_text("/proc/self/gid_map", group + " " + group + " 1");
  return mapped ? std::string() : failed("the ids of a user namespace cannot be set");
}

std::string raise_loopback() {
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ::ioctl(handle, SIOCSIFFLAGS, &request) == 0;
  const std::string why = up ? std::string() : failed("loopback cannot be set up");
  ::close(handle);
  return why;
}

// Open until the process ends, and never read.
std::string listen_in_silence() {
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kDnsPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return {};
  return failed("no name server can be played at 127.0.0.1:53");
}

}  // namespace

std::string enter_network_with_silent_dns(const std::string& folder) {
  const std::string servers = folder + "/resolv.conf";
  if (!write_text(servers, "nameserver 127.0.0.1\noptions timeout:5 attempts:2\n")) return failed(servers);
  if (std::string why = enter_namespaces(); !why.empty()) return why;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount(servers.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) != 0)
    return failed("/etc/resolv.conf cannot be replaced");
  if (std::string why = raise_loopback(); !why.empty()) return why;
  return listen_in_silence();
}

}  // namespace earshot::e2e
