// OpenAI's own client for Python (clients/realtime_client.py), as a test runs it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "common/audio/wav.h"
#include "common/json/json.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::e2e {

inline constexpr const char* kOpenaiPackage = "openai[realtime]==3.3.1";

inline bool run_quietly(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// The Python that has the package: EARSHOT_OPENAI_PYTHON, or one that is made here and kept for the next run.
// Empty: the registry is out of reach.
inline std::string python_with_openai() {
  static const std::string python = [] {
    if (const char* given = std::getenv("EARSHOT_OPENAI_PYTHON")) return std::string(given);
    const auto folder = std::filesystem::temp_directory_path() / "earshot-openai-client";
    const std::string found = (folder / "bin/python").string();
    if (run_quietly(found + " -c 'import openai, websockets'")) return found;
    const bool made = run_quietly("python3 -m venv " + folder.string()) &&
                      run_quietly("timeout 120 " + found + " -m pip install '" + kOpenaiPackage + "'");
    return made ? found : std::string();
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
  const std::string script = EARSHOT_REALTIME_CLIENT;  // set by the build
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
