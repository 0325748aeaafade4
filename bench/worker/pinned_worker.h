// An earshot-worker on one processor of its own.
//
// Owns: the process, which gets SIGTERM when this dies and SIGKILL two seconds later; it dies with the bench,
// however that ends. Its output goes to `log_file`.
#pragma once

#include <sys/types.h>

#include <string>

namespace earshot::bench {

class PinnedWorker {
 public:
  // Throws StartupError when there is no such program or processor.
  PinnedWorker(const std::string& program, int processor, const std::string& config_file,
               const std::string& gateway, const std::string& log_file);
  ~PinnedWorker();
  PinnedWorker(const PinnedWorker&) = delete;
  PinnedWorker& operator=(const PinnedWorker&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

// Keeps this process, and the threads that it makes later, off `processor`, if there is another one.
void stay_off(int processor);

}  // namespace earshot::bench
