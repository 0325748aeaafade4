// Where the neural engines of this machine are: `EARSHOT_MODELS_DIR` of the environment, or the folder that the
// build was told (deploy/test.sh fetches them, and then every test that needs them runs).
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace earshot::worker::fakes {

inline constexpr const char* kNoModels =
    "needs the engines of the models folder: `deploy/models.sh` fetches them; then set EARSHOT_MODELS_DIR";

inline std::optional<std::string> models_dir() {
  const char* given = std::getenv("EARSHOT_MODELS_DIR");
  const std::string folder = given == nullptr ? EARSHOT_DEFAULT_MODELS_DIR : given;
  if (!std::filesystem::exists(folder + "/lib/libsherpa-onnx-c-api.so")) return std::nullopt;
  return folder;
}

}  // namespace earshot::worker::fakes
