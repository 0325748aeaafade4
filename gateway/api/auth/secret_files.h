// Secrets that somebody on this machine reads from a file of the data folder, mode 0600.
//
// Runs on: startup, and the main executor (small files, written rarely).
#pragma once

#include <filesystem>
#include <string>

#include "common/base/secret.h"

namespace earshot::gateway::api {

// The local administrator's token (what earshotctl uses on the same machine): read from the file, or made
// anew when it is not there.
// RETURNS: its secret part.
// Throws StartupError (kConfig): a file that others may read, or that holds no such token,
// or that cannot be made.
Secret load_or_make_local_token(const std::filesystem::path& file);

// A link with a one-time token, by which the first user is made while there is none.
class SetupLink {
 public:
  // `base`: where the console is, such as http://192.0.2.1:8003
  SetupLink(std::filesystem::path file, std::string base) : file_(std::move(file)), base_(std::move(base)) {}

  // Writes the file with a new token.
  // Throws StartupError (kConfig).
  void offer();
  void withdraw();  // also what an earlier run left
  bool is_offered() const { return !token_.empty(); }
  bool opens(std::string_view token) const;
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  std::string base_;
  Secret token_;
};

}  // namespace earshot::gateway::api
