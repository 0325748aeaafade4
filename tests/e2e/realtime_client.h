// OpenAI's own client for Python (clients/realtime_client.py), as a test runs it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "common/audio/wav.h"
#include "common/json/json.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::e2e {

inline constexpr const char* kOpenaiPackage = "openai[realtime]";  // pinned in clients/install.sh

inline bool run_quietly(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// Where a client of OpenAI's was installed, once for this build folder. Empty: the registry is out of reach.
inline std::string installed_client(const std::string& kind) {
  const std::string folder = EARSHOT_OPENAI_CLIENTS;  // set by the build
  const std::string install = std::string(EARSHOT_SOURCE_DIR) + "/tests/e2e/clients/install.sh";
  return run_quietly(install + " " + kind + " " + folder) ? folder : std::string();
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

// A question as a synthetic voice says it.
inline std::string spoken_question(const std::string& folder, const std::string& words) {
  const std::string path = folder + "/question.wav";
  const Status written = write_wav_file(path, fakes::say(fakes::Speaker::kSlt, words));
  if (!written.ok()) throw std::runtime_error(written.error().message);
  return path;
}

struct RealtimeRun {
  bool ended_well = false;
  std::string output;
  json::object told = {};  // empty when it told nothing that can be read
};

inline RealtimeRun run_realtime_client(const std::string& folder, int port, const std::string& key,
                                       const std::string& talk, const std::string& wav = "") {
  const std::string out = folder + "/" + talk + ".json";
  const std::string script = std::string(EARSHOT_SOURCE_DIR) + "/tests/e2e/clients/realtime_client.py";
  RealtimeRun run;
  run.ended_well =
      std::system((python_with_openai() + " " + script + " http://127.0.0.1:" + std::to_string(port) + " '" +
                   key + "' " + talk + " " + wav + " > " + out + " 2>&1")
                      .c_str()) == 0;
  std::stringstream told;
  told << std::ifstream(out).rdbuf();
  run.output = told.str();
  if (const auto parsed = json::parse_object(run.output, 1 << 20)) run.told = *parsed;
  return run;
}

}  // namespace earshot::e2e
