// Programs of others' that a test talks with: where their packages are, and what they told.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/audio/wav.h"
#include "common/json/json.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::e2e {

inline bool run_quietly(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// A Python that has the package, made here and kept for the next run. Empty: the registry is out of reach.
inline std::string python_with(const std::string& package, const std::string& imports,
                               const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / name;
  const std::string found = (folder / "bin/python").string();
  if (run_quietly(found + " -c '" + imports + "'")) return found;
  const bool made = run_quietly("python3 -m venv " + folder.string()) &&
                    run_quietly("timeout 120 " + found + " -m pip install '" + package + "'");
  return made ? found : std::string();
}

// A question as a file of the test's own voice (fakes/speech_maker.h), at its own 16 kHz.
inline std::string spoken_question(const std::string& folder, const std::string& words) {
  const std::string path = folder + "/question.wav";
  EXPECT_TRUE(write_wav_file(path, fakes::say(fakes::Speaker::kSlt, words)).ok());
  return path;
}

struct ClientRun {
  bool ended_well = false;
  std::string output;
  json::object told = {};  // empty when it told nothing that can be read
};

// The client prints one JSON object, which is kept in the file `out`, and what else it says beside it.
inline ClientRun run_client(const std::string& command, const std::string& out) {
  const auto read = [](const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  ClientRun run;
  run.ended_well = std::system((command + " > " + out + " 2> " + out + ".err").c_str()) == 0;
  run.output = read(out);
  if (const auto parsed = json::parse_object(run.output, 1 << 20)) run.told = *parsed;
  run.output += read(out + ".err");
  return run;
}

}  // namespace earshot::e2e
