// A folder of sealed files, one a device, for what a gateway keeps for the next one; and the mark that it lives.
//
// Runs on: one thread at a time; every call blocks.
// Nothing is synced: the files are to outlive the process, not the machine, and the folder may be in memory (tmpfs).
// Bounded: kMaxFiles of kMaxFileBytes are read; beyond, and what is older than asked for, is removed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"

namespace earshot::gateway {

class KeptFolder {
 public:
  // A checkpoint has 192 KiB, its form on disk a third more.
  static constexpr std::size_t kMaxFileBytes = 384 * 1024;
  static constexpr std::size_t kMaxFiles = 50'000;

  // `key` seals. Made when it is missing, readable by us only.
  // Throws StartupError (kConfig) when it cannot be used.
  KeptFolder(std::filesystem::path folder, Secret key);

  // The file appears whole or not at all. Where that fails the older one is removed: what is out of date must not be
  // taken up, least of all the numbers of datagrams in it.
  // REQUIRES: a name of letters, digits and underscores.
  // Errors: kUnavailable.
  Status write(std::string_view name, std::string_view content) const;
  void remove(std::string_view name) const;
  // Tells the next gateway that we live.
  void mark_alive() const;

  struct Found {
    std::vector<Secret> contents;
    std::optional<Milliseconds> ended_ago;  // the gateway before; nullopt: none, or nobody knows
    std::size_t refused = 0;                // files that nobody can open: another key, or changed
  };
  // What was written within so long. The rest is removed.
  Found read_all(Milliseconds within) const;

 private:
  std::filesystem::path file(std::string_view name) const;

  std::filesystem::path folder_;
  Secret key_;
};

}  // namespace earshot::gateway
