// OpenAI's own client for Python (clients/realtime_client.py), as a test runs it.
#pragma once

#include <cstdlib>
#include <string>

#include "tests/e2e/client_program.h"

namespace earshot::e2e {

inline constexpr const char* kOpenaiPackage = "openai[realtime]==3.3.1";

// The Python that has the package: EARSHOT_OPENAI_PYTHON, or one that is made here. Empty: the registry is out of reach.
inline std::string python_with_openai() {
  static const std::string python = [] {
    if (const char* given = std::getenv("EARSHOT_OPENAI_PYTHON")) return std::string(given);
    return python_with(kOpenaiPackage, "import openai, websockets", "earshot-openai-client");
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
