// One run of the mosquitto program: a child that cannot outlive its parent.
// A thin driver over fork and pidfd.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::broker {

// Runs on: the thread that spawned it; the kernel sends the child SIGTERM when *that thread* ends.
// Owns: the process, its pidfd, and the pipe that its stdout and stderr write to.
class BrokerProcess {
 public:
  // Errors: kUnavailable when the program cannot be started.
  // The child has a process group of its own (Ctrl-C reaches the gateway only, which says goodbye to its
  // devices first), no descriptor of ours, of our environment PATH and LANG alone (the rest holds keys of
  // providers, and it faces the network), and up to `max_files` descriptors if the hard limit allows.
  static Result<BrokerProcess> spawn(const std::filesystem::path& program,
                                     const std::vector<std::string>& arguments, std::uint64_t max_files);
  BrokerProcess(BrokerProcess&& other) noexcept;
  BrokerProcess& operator=(BrokerProcess&&) = delete;
  ~BrokerProcess();  // stop() with no patience

  void kill();  // SIGKILL, without waiting
  // SIGTERM, after `patience` SIGKILL; returns when the process is gone.
  void stop(Milliseconds patience);

  pid_t pid() const { return pid_; }
  int exit_descriptor() const { return exit_descriptor_; }  // readable when the process has ended
  int log_descriptor() const { return log_descriptor_; }    // non-blocking; what the process prints

  // "exit code 1", "signal 9"; nullopt while it runs. Does not wait.
  std::optional<std::string> ended();
  // The same after at most `patience`.
  std::optional<std::string> wait(Milliseconds patience);
  // What it printed since the last call, without waiting; at most 64 KiB, the size of a pipe.
  std::string read_log();

 private:
  BrokerProcess(pid_t pid, int exit_descriptor, int log_descriptor)
      : pid_(pid), exit_descriptor_(exit_descriptor), log_descriptor_(log_descriptor) {}

  pid_t pid_ = -1;
  int exit_descriptor_ = -1;
  int log_descriptor_ = -1;
  std::optional<std::string> ended_;
};

}  // namespace earshot::broker
