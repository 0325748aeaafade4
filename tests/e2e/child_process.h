// A child process of a test: started, read, waited for with a deadline, and never left behind.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace earshot::e2e {

class ChildProcess {
 public:
  // Output goes to the two files. Dies with the test (PR_SET_PDEATHSIG).
  ChildProcess(const std::vector<std::string>& command, std::string stdout_file, std::string stderr_file,
               const std::map<std::string, std::string>& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // SIGKILL if it still runs

  int pid() const { return pid_; }
  bool running();
  void signal(int number);
  // Exit code, or 128 + signal; nullopt when it still runs at the deadline.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  std::string output() const;
  std::string errors() const;

 private:
  bool reap(bool block_never);
  int pid_ = -1;
  std::optional<int> exit_code_;
  std::string stdout_file_;
  std::string stderr_file_;
};

std::string read_file(const std::string& path);

}  // namespace earshot::e2e
