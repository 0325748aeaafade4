// Clients of the Coze chat as a test runs them: what Espressif's library does (clients/esp_coze_client.py, in plain
// Python), and the published packages for Python and Node.js, made here and kept for the next run.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/e2e/client_program.h"

namespace earshot::e2e {

inline constexpr const char* kCozePyPackage = "cozepy==0.20.0";
inline constexpr const char* kCozeJsPackages = "@coze/api@1.3.9 ws@8.23.0";

// Empty: the registry is out of reach.
inline std::string python_with_coze() {
  static const std::string python =
      python_with(kCozePyPackage, "import cozepy, websockets", "earshot-coze-client");
  return python;
}
// The folder of node_modules.
inline std::string node_with_coze() {
  static const std::string folder = [] {
    const auto made = std::filesystem::temp_directory_path() / "earshot-coze-node";
    const std::string inside = "cd " + made.string() + " && ";
    if (run_quietly(inside + "node -e \"require('@coze/api')\"")) return made.string();
    const bool done = run_quietly("mkdir -p " + made.string()) &&
                      run_quietly(inside + "timeout 120 npm install --no-audit --no-fund " + kCozeJsPackages);
    return done ? made.string() : std::string();
  }();
  return folder;
}

inline ClientRun run_esp_coze_client(const std::string& folder, int port, const std::string& key,
                                     const std::string& talk, const std::string& wav) {
  return run_client("python3 " + std::string(EARSHOT_CLIENTS) + "/esp_coze_client.py 127.0.0.1 " +
                        std::to_string(port) + " '" + key + "' " + talk + " " + wav,
                    folder + "/esp_" + talk + ".json");
}
inline ClientRun run_coze_client(const std::string& folder, int port, const std::string& key,
                                 const std::string& talk, const std::string& wav = "") {
  return run_client(python_with_coze() + " -W ignore " + EARSHOT_CLIENTS + "/coze_client.py ws://127.0.0.1:" +
                        std::to_string(port) + " '" + key + "' " + talk + " " + wav,
                    folder + "/py_" + talk + ".json");
}
inline ClientRun run_coze_js_client(const std::string& folder, int port, const std::string& key,
                                    const std::string& talk) {
  return run_client("node " + std::string(EARSHOT_CLIENTS) + "/coze_client.cjs " + node_with_coze() +
                        " http://127.0.0.1:" + std::to_string(port) + " '" + key + "' " + talk,
                    folder + "/js_" + talk + ".json");
}

}  // namespace earshot::e2e
