#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace earshot::e2e {

ChildProcess::ChildProcess(const std::vector<std::string>& command, std::string stdout_file,
                           std::string stderr_file, const std::map<std::string, std::string>& environment)
    : stdout_file_(std::move(stdout_file)), stderr_file_(std::move(stderr_file)) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int out = ::open(stdout_file_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  const int err = ::open(stderr_file_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0 || err < 0) throw std::runtime_error("cannot write " + stdout_file_ + " or " + stderr_file_);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(out);
  ::close(err);
}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  reap(false);
}

bool ChildProcess::reap(bool block_never) {
  if (exit_code_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, block_never ? WNOHANG : 0) != pid_) return false;
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

bool ChildProcess::running() {
  return !reap(true);
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds timeout) {
  if (running()) {
    // A pidfd becomes readable when the process ends: no polling.
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd waiting{.fd = handle, .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, static_cast<int>(timeout.count()));
    ::close(handle);
    reap(true);
  }
  return exit_code_;
}

std::string ChildProcess::output() const {
  return read_file(stdout_file_);
}

std::string ChildProcess::errors() const {
  return read_file(stderr_file_);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace earshot::e2e
