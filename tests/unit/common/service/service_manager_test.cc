#include "common/service/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>

#include "common/service/watchdog.h"

namespace earshot {
namespace {

// The end that systemd has.
class Listening {
 public:
  Listening() : name_("@earshot-notify-" + std::to_string(::getpid()) + "-" + std::to_string(++count())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path, sizeof address.sun_path);
    address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Listening() { ::close(descriptor_); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  const std::string& name() const { return name_; }
  // "" when nothing waits.
  std::string heard() const {
    char text[512];
    const ssize_t bytes = ::recv(descriptor_, text, sizeof text, 0);
    return bytes < 0 ? "" : std::string(text, static_cast<std::size_t>(bytes));
  }

 private:
  static int& count() {
    static int value = 0;
    return value;
  }
  std::string name_;
  int descriptor_ = -1;
};

TEST(ServiceManager, IsToldInItsOwnWords) {
  const Listening systemd;
  const ServiceManager manager(systemd.name());
  manager.ready();
  EXPECT_EQ(systemd.heard(), "READY=1");
  manager.reloading(SteadyTime(Microseconds(12)));
  EXPECT_EQ(systemd.heard(), "RELOADING=1\nMONOTONIC_USEC=12");
  manager.stopping();
  EXPECT_EQ(systemd.heard(), "STOPPING=1");
}

TEST(ServiceManager, AStatusIsOneLineWhateverIsInIt) {
  const Listening systemd;
  ServiceManager(systemd.name()).status("well\nSTOPPING=1");
  EXPECT_EQ(systemd.heard(), "STATUS=well STOPPING=1");
}

TEST(ServiceManager, NobodyToTellIsNoProblem) {
  const ServiceManager nobody;
  nobody.ready();
  EXPECT_FALSE(nobody.listens());
  const ServiceManager dead("@earshot-nobody-listens-here", Microseconds(1000));
  dead.ready();
  EXPECT_FALSE(dead.listens());
  EXPECT_FALSE(dead.alive_every()) << "no sign of life for nobody";
}

TEST(ServiceManager, TheEnvironmentIsNotInherited) {
  const Listening systemd;
  ::setenv("NOTIFY_SOCKET", systemd.name().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const ServiceManager manager = ServiceManager::from_environment();
  EXPECT_TRUE(manager.listens());
  EXPECT_EQ(manager.alive_every(), Microseconds(15'000'000));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    EXPECT_EQ(std::getenv(name), nullptr) << name;
}

TEST(ServiceManager, AWatchdogOfAnotherProcessIsNotOurs) {
  const Listening systemd;
  ::setenv("NOTIFY_SOCKET", systemd.name().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManager::from_environment().alive_every());
}

TEST(Watchdog, GivesNoSignOfLifeForWhatDoesNotAnswer) {
  const Listening systemd;
  const ServiceManager manager(systemd.name(), Microseconds(1000));
  asio::io_context io{1};
  Watchdog::Alive unanswered;
  Watchdog watchdog(io.get_executor(), manager,
                    [&](Watchdog::Alive alive) { unanswered = std::move(alive); });
  watchdog.start();
  io.run_one();
  EXPECT_EQ(systemd.heard(), "") << "the check has not answered";
  unanswered();
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
}

TEST(Watchdog, AnAnswerAfterItsEndIsIgnored) {
  const Listening systemd;
  const ServiceManager manager(systemd.name(), Microseconds(1000));
  asio::io_context io{1};
  Watchdog::Alive late;
  {
    Watchdog watchdog(io.get_executor(), manager, [&](Watchdog::Alive alive) { late = std::move(alive); });
    watchdog.start();
  }
  late();
  EXPECT_EQ(systemd.heard(), "");
}

}  // namespace
}  // namespace earshot
