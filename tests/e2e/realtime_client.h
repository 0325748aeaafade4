// OpenAI's own client for Python (clients/realtime_client.py), as a test runs it.
#pragma once

#include <cstdlib>
#include <string>

#include "tests/e2e/client_program.h"

namespace earshot::e2e {

inline constexpr const char* kOpenaiPackage = "openai[realtime]";  // pinned in clients/install.sh

// Where a client of OpenAI's was installed, once for this build folder. Empty: the registry is out of reach.
inline std::string installed_client(const std::string& kind) {
  const std::string folder = EARSHOT_OPENAI_CLIENTS;  // set by the build
  return run_quietly(std::string(EARSHOT_CLIENTS) + "/install.sh " + kind + " " + folder) ? folder
                                                                                          : std::string();
}

// The Python that has the package: EARSHOT_OPENAI_PYTHON, or the one that was installed.
inline std::string python_with_openai() {
  static const std::string python = [] {
    if (const char* given = std::getenv("EARSHOT_OPENAI_PYTHON")) return std::string(given);
    const std::string folder = installed_client("python");
    return folder.empty() ? folder : folder + "/python/bin/python3";
  }();
  return python;
}

using RealtimeRun = ClientRun;

inline RealtimeRun run_realtime_client(const std::string& folder, int port, const std::string& key,
                                       const std::string& talk, const std::string& wav = "") {
  return run_client(python_with_openai() + " " + EARSHOT_CLIENTS + "/realtime_client.py http://127.0.0.1:" +
                        std::to_string(port) + " '" + key + "' " + talk + " " + wav,
                    folder + "/" + talk + ".json");
}

}  // namespace earshot::e2e
