#include "gateway/process/worker_process.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/log/log.h"

namespace earshot::gateway {

namespace {

spdlog::logger& process_logger() {
  static spdlog::logger& instance = log::logger("workers");
  return instance;
}

// The child's side, between fork and exec: other threads' locks may be held, so only async-signal-safe calls.
[[noreturn]] void become(const char* binary, char* const* arguments, pid_t parent) {
  constexpr int kExecFailed = 127;  // as a shell reports it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kExecFailed);  // the parent died before prctl took effect
  setpgid(0, 0);                                // Ctrl-C on the terminal is the gateway's to handle
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Our sockets are not the child's business: it would keep ports and links alive.
  constexpr unsigned kFirstOther = 3;
  if (syscall(SYS_close_range, kFirstOther, ~0U, 0) != 0) {
    const long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = kFirstOther; fd < limit; ++fd) ::close(fd);
  }
  execv(binary, arguments);
  _exit(kExecFailed);
}

}  // namespace

std::shared_ptr<WorkerProcess> WorkerProcess::create(Executor executor, Command command) {
  return std::make_shared<WorkerProcess>(Passkey{}, std::move(executor), std::move(command));
}

WorkerProcess::WorkerProcess(Passkey, Executor executor, Command command)
    : child_signal_(executor, SIGCHLD), timer_(executor), command_(std::move(command)) {}

void WorkerProcess::start() {
  watch();
  spawn();
}

void WorkerProcess::reload() const {
  if (pid_ != 0 && !stopping_) kill(pid_, SIGHUP);
}

void WorkerProcess::stop(Milliseconds patience, std::function<void()> done) {
  stopping_ = true;
  on_stopped_ = std::move(done);
  timer_.cancel();
  if (pid_ == 0) {
    asio::post(timer_.get_executor(), [self = shared_from_this()] { self->finish(); });
    return;
  }
  kill(pid_, SIGTERM);
  timer_.expires_after(patience);
  timer_.async_wait([self = shared_from_this()](error_code stopped) {
    if (stopped || self->pid_ == 0) return;
    process_logger().warn("worker process does not stop, killing it name={} pid={}", self->command_.name,
                          self->pid_);
    kill(self->pid_, SIGKILL);
  });
}

void WorkerProcess::spawn() {
  EARSHOT_CHECK(gettid() == getpid(), "workers are spawned from the main thread");
  std::vector<char*> arguments{command_.binary.data()};
  for (auto& argument : command_.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  backoff_.started(std::chrono::steady_clock::now());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(command_.binary.c_str(), arguments.data(), parent);
  if (child < 0) {
    process_logger().error("worker process cannot be started name={} error={}", command_.name,
                           std::strerror(errno));
    return on_ended();
  }
  pid_ = child;
  process_logger().info("worker process started name={} pid={}", command_.name, pid_);
}

void WorkerProcess::watch() {
  child_signal_.async_wait([self = shared_from_this()](error_code failure, int) {
    if (failure) return;
    self->on_child_signal();
    self->watch();
  });
}

// Signals of several children may be merged into one, and other children's arrive here too:
// only our own is asked for.
void WorkerProcess::on_child_signal() {
  if (pid_ == 0) return;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return;
  pid_ = 0;
  if (!stopping_) {
    if (WIFSIGNALED(status))
      process_logger().warn("worker process died name={} signal={}", command_.name, WTERMSIG(status));
    else
      process_logger().warn("worker process ended name={} exit_code={}", command_.name, WEXITSTATUS(status));
  }
  on_ended();
}

void WorkerProcess::on_ended() {
  if (stopping_) return finish();
  const Milliseconds wait = backoff_.ended(std::chrono::steady_clock::now());
  timer_.expires_after(wait);
  timer_.async_wait([self = shared_from_this()](error_code stopped) {
    if (stopped || self->stopping_) return;
    ++self->restarts_;
    self->spawn();
  });
}

void WorkerProcess::finish() {
  timer_.cancel();
  child_signal_.cancel();
  if (auto done = std::exchange(on_stopped_, {})) done();
}

}  // namespace earshot::gateway
