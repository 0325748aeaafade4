// Where the tests that need real models find them: the models folder that EARSHOT_MODELS_DIR names.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>

namespace earshot::fakes {

inline constexpr const char* kNoModels =
    "the models are not here: fetch them (deploy/models.sh fetch) and set EARSHOT_MODELS_DIR to their folder";

// RETURNS: nullopt when the variable is not set, or one of `files` is not in the folder.
inline std::optional<std::string> models_folder(std::initializer_list<const char*> files) {
  const char* folder = std::getenv("EARSHOT_MODELS_DIR");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  for (const char* file : files) {
    if (!std::filesystem::exists(std::filesystem::path(folder) / file)) return std::nullopt;
  }
  return std::string(folder);
}

}  // namespace earshot::fakes
