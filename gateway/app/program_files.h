// Where the files are that belong to this program.
#pragma once

#include <filesystem>

namespace earshot::gateway {

inline std::filesystem::path beside_this_binary(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

// A build has it beside the programs, an installation in a folder of its own: <prefix>/lib/earshot.
inline std::filesystem::path broker_plugin() {
  constexpr const char* kName = "earshot_broker.so";
  const auto beside = beside_this_binary(kName);
  const auto installed = beside.parent_path().parent_path() / "lib" / "earshot" / kName;
  return !std::filesystem::exists(beside) && std::filesystem::exists(installed) ? installed : beside;
}

}  // namespace earshot::gateway
