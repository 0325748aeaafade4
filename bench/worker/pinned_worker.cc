#include "bench/worker/pinned_worker.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "common/base/startup_error.h"

namespace earshot::bench {

namespace {

constexpr auto kPatience = std::chrono::seconds(2);

bool gone_within(pid_t pid, std::chrono::steady_clock::duration patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::waitpid(pid, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace

PinnedWorker::PinnedWorker(const std::string& program, int processor, const std::string& config_file,
                           const std::string& gateway, const std::string& log_file) {
  if (!std::filesystem::exists(program)) throw StartupError(ExitCode::kConfig, "no program " + program);
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0 || !CPU_ISSET(processor, &allowed)) {
    throw StartupError(ExitCode::kConfig, "processor " + std::to_string(processor) + " is not there for us");
  }
  pid_ = ::fork();
  if (pid_ < 0) throw StartupError(ExitCode::kConfig, "no process can be made");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  CPU_ZERO(&allowed);
  CPU_SET(processor, &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
  const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execl(program.c_str(), program.c_str(), "--config", config_file.c_str(), "--gateway", gateway.c_str(),
          static_cast<char*>(nullptr));
  ::_exit(127);
}

PinnedWorker::~PinnedWorker() {
  ::kill(pid_, SIGTERM);
  if (gone_within(pid_, kPatience)) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void stay_off(int processor) {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  CPU_CLR(processor, &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace earshot::bench
