#include "gateway/broker/broker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace earshot::broker {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  void close() {
    if (value_ >= 0) ::close(std::exchange(value_, -1));
  }

 private:
  int value_;
};

Error system_error(const std::string& what, int error_number) {
  return {ErrorCode::kUnavailable, what + ": " + std::strerror(error_number)};
}

// glibc 2.36 declares pidfd_open for C only.
int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// What the child gets of our environment.
std::vector<std::string> child_environment() {
  std::vector<std::string> all;
  for (const char* name : {"PATH", "LANG"}) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

struct ChildPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  pid_t parent;
  int log;      // becomes stdout and stderr
  int failure;  // gets errno when exec fails; closed by a good exec
  rlim_t max_files;
};

// In the child of a process with many threads: only async-signal-safe calls, and no allocation.
[[noreturn]] void become(const ChildPlan& plan) {
  const auto fail = [&plan] {
    const int reason = errno;
    [[maybe_unused]] const ssize_t written = ::write(plan.failure, &reason, sizeof reason);
    ::_exit(127);
  };
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != plan.parent) ::_exit(127);  // the parent died before the line above
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < plan.max_files) {
    files.rlim_cur = std::min(files.rlim_max, plan.max_files);
    ::setrlimit(RLIMIT_NOFILE, &files);
  }

  const int null = ::open("/dev/null", O_RDONLY);
  if (null < 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(plan.log, STDOUT_FILENO) < 0 ||
      ::dup2(plan.log, STDERR_FILENO) < 0) {
    fail();
  }
  // Asio opens sockets without close-on-exec: a broker that kept them would hold our ports.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execve(plan.program, plan.arguments, plan.environment);
  fail();
  ::_exit(127);
}

}  // namespace

Result<BrokerProcess> BrokerProcess::spawn(const std::filesystem::path& program,
                                           const std::vector<std::string>& arguments,
                                           std::uint64_t max_files) {
  std::array<int, 2> log_pipe{};
  std::array<int, 2> failure_pipe{};
  if (::pipe2(log_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return system_error("pipe", errno);
  // Neither end blocks: a busy gateway loses lines of the broker's log rather than holding the broker up.
  Descriptor log_read(log_pipe[0]);
  Descriptor log_write(log_pipe[1]);
  if (::pipe2(failure_pipe.data(), O_CLOEXEC) != 0) return system_error("pipe", errno);
  Descriptor failure_read(failure_pipe[0]);
  Descriptor failure_write(failure_pipe[1]);

  const std::string name = program.string();
  std::vector<std::string> values{name};
  values.insert(values.end(), arguments.begin(), arguments.end());
  const std::vector<char*> argv = pointers_to(values);
  std::vector<std::string> variables = child_environment();
  const std::vector<char*> environment = pointers_to(variables);
  const ChildPlan plan{.program = name.c_str(),
                       .arguments = argv.data(),
                       .environment = environment.data(),
                       .parent = ::getpid(),
                       .log = log_write.get(),
                       .failure = failure_write.get(),
                       .max_files = max_files};

  const pid_t pid = ::fork();
  if (pid < 0) return system_error("fork", errno);
  if (pid == 0) become(plan);

  failure_write.close();
  log_write.close();
  int reason = 0;
  ssize_t got = 0;
  do {
    got = ::read(failure_read.get(), &reason, sizeof reason);
  } while (got < 0 && errno == EINTR);
  Descriptor exit_descriptor(open_pidfd(pid));
  if (got != 0 || exit_descriptor.get() < 0) {
    if (got == 0) reason = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return system_error("cannot run " + name, reason);
  }
  return BrokerProcess(pid, exit_descriptor.release(), log_read.release());
}

BrokerProcess::BrokerProcess(BrokerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      exit_descriptor_(std::exchange(other.exit_descriptor_, -1)),
      log_descriptor_(std::exchange(other.log_descriptor_, -1)),
      ended_(std::move(other.ended_)) {}

BrokerProcess::~BrokerProcess() {
  if (pid_ < 0) return;
  stop(Milliseconds(0));
  ::close(exit_descriptor_);
  ::close(log_descriptor_);
}

void BrokerProcess::kill() {
  if (!ended()) ::kill(pid_, SIGKILL);
}

void BrokerProcess::stop(Milliseconds patience) {
  if (ended()) return;
  ::kill(pid_, SIGTERM);
  if (wait(patience)) return;
  ::kill(pid_, SIGKILL);
  while (!wait(Milliseconds(1000))) continue;  // SIGKILL ends every process, if the kernel needs its time
}

std::optional<std::string> BrokerProcess::ended() {
  if (ended_) return ended_;
  int status = 0;
  const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
  if (reaped == 0) return std::nullopt;
  if (reaped < 0) {
    ended_ = "unknown end";  // somebody else reaped our child
  } else if (WIFSIGNALED(status)) {
    ended_ = "signal " + std::to_string(WTERMSIG(status));
  } else {
    ended_ = "exit code " + std::to_string(WEXITSTATUS(status));
  }
  return ended_;
}

std::optional<std::string> BrokerProcess::wait(Milliseconds patience) {
  pollfd exited{.fd = exit_descriptor_, .events = POLLIN, .revents = 0};
  ::poll(&exited, 1, static_cast<int>(patience.count()));
  return ended();
}

std::string BrokerProcess::read_log() {
  constexpr std::size_t kPipeBytes = 64 * 1024;
  std::string text;
  std::array<char, 4096> chunk;
  while (text.size() < kPipeBytes) {
    const ssize_t got = ::read(log_descriptor_, chunk.data(), chunk.size());
    if (got <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace earshot::broker
