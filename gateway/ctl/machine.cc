#include "gateway/ctl/machine.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace earshot::ctl {

Machine this_machine() {
  std::vector<std::filesystem::path> folders{"data"};
  std::error_code failure;  // without /proc there is one place less to look
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  // <project>/build/release/bin/earshotctl; deploy/run.sh keeps its data in <project>/data.
  if (!failure) folders.push_back(self.parent_path().parent_path().parent_path().parent_path() / "data");
  folders.emplace_back("/var/lib/earshot");  // of an installed package
  return {.environment = [](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            if (value == nullptr || *value == '\0') return std::nullopt;
            return value;
          },
          .read_file = [](const std::filesystem::path& path) -> std::optional<std::string> {
            std::ifstream file(path);
            if (!file) return std::nullopt;
            std::stringstream text;
            text << file.rdbuf();
            return std::move(text).str();
          },
          .data_folders = std::move(folders)};
}

}  // namespace earshot::ctl
