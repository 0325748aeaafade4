// Keeps two gateways from sharing one data folder: an exclusive lock on a file of the run folder, held while
// it lives. The kernel releases it with the process, however that ends.
#pragma once

#include <filesystem>

namespace earshot::gateway {

class InstanceLock {
 public:
  // Makes the folder (0700) when missing.
  // Throws StartupError (kBind) when another gateway holds the lock,
  // (kConfig) when the folder cannot be used.
  explicit InstanceLock(const std::filesystem::path& run_folder);
  ~InstanceLock();
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;

 private:
  std::filesystem::path file_;
  int fd_ = -1;
};

}  // namespace earshot::gateway
