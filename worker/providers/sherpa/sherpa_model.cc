#include "worker/providers/sherpa/sherpa_model.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace earshot::worker::sherpa {

namespace {

using Kind = FileKey::Kind;

Error unusable(std::string_view key, const std::string& path, const std::string& why) {
  return {ErrorCode::kNotFound, std::string(key) + ": '" + path + "' " + why +
                                    " (models are not part of Earshot: docs/providers.md, sherpa-onnx)"};
}

Status check_path(const FileKey& key, const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) return unusable(key.name, path, "does not exist");
  if (key.kind == Kind::kFolder) {
    if (!std::filesystem::is_directory(status)) return unusable(key.name, path, "is not a folder");
  } else if (!std::filesystem::is_regular_file(status)) {
    return unusable(key.name, path, "is not a file");
  } else if (std::filesystem::file_size(path, failure) == 0) {
    return unusable(key.name, path, "is empty");
  }
  if (::access(path.c_str(), R_OK) != 0) return unusable(key.name, path, "cannot be read by this user");
  return kDone;
}

}  // namespace

const char* Model::file(std::string_view key) const {
  const auto found = files.find(key);
  return found == files.end() ? "" : found->second.c_str();
}

const std::vector<Family>& vad_families() {
  static const std::vector<Family> families{{.name = "silero", .files = {{.name = "model"}}}};
  return families;
}

const std::vector<Family>& asr_families() {
  static const std::vector<Family> families{
      {.name = "sense_voice", .files = {{.name = "model"}, {.name = "tokens"}}},
      {.name = "whisper", .files = {{.name = "encoder"}, {.name = "decoder"}, {.name = "tokens"}}},
      {.name = "paraformer", .files = {{.name = "model"}, {.name = "tokens"}}},
      {.name = "transducer",
       .files = {{.name = "encoder"}, {.name = "decoder"}, {.name = "joiner"}, {.name = "tokens"}}},
      {.name = "streaming_transducer",
       .files = {{.name = "encoder"}, {.name = "decoder"}, {.name = "joiner"}, {.name = "tokens"}},
       .streaming = true},
      {.name = "streaming_paraformer",
       .files = {{.name = "encoder"}, {.name = "decoder"}, {.name = "tokens"}},
       .streaming = true}};
  return families;
}

const std::vector<Family>& tts_families() {
  constexpr FileKey kLexicon{.name = "lexicon", .required = false, .kind = Kind::kFiles};
  constexpr FileKey kDataDir{.name = "data_dir", .required = false, .kind = Kind::kFolder};
  static const std::vector<Family> families{
      {.name = "vits", .files = {{.name = "model"}, {.name = "tokens"}, kLexicon, kDataDir}},
      {.name = "matcha",
       .files = {{.name = "acoustic_model"}, {.name = "vocoder"}, {.name = "tokens"}, kLexicon, kDataDir}},
      {.name = "kokoro",
       .files = {{.name = "model"},
                 {.name = "voices"},
                 {.name = "tokens"},
                 {.name = "data_dir", .kind = Kind::kFolder},
                 kLexicon}}};
  return families;
}

Model read_model(ConfigSection& section, const std::vector<Family>& families) {
  std::vector<std::string> names;
  for (const Family& family : families) names.emplace_back(family.name);
  std::string name = names.front();
  section.read_choice("family", name, names);

  Model model;
  const auto found = std::ranges::find(families, name, &Family::name);
  model.family = found == families.end() ? &families.front() : &*found;
  for (const FileKey& key : model.family->files) {
    std::string path;
    section.read(key.name, path);
    if (!path.empty()) {
      model.files.emplace(key.name, path);
    } else if (key.required) {
      section.problem(key.name, "is needed by a model of family " + std::string(model.family->name));
    }
  }
  section.read("threads", model.threads, {1, 64});
  return model;
}

Status check_files(const Model& model) {
  for (const FileKey& key : model.family->files) {
    const auto given = model.files.find(key.name);
    if (given == model.files.end()) continue;
    std::vector<std::string> paths;
    if (key.kind == Kind::kFiles) {
      std::istringstream list(given->second);
      for (std::string path; std::getline(list, path, ',');) paths.push_back(path);
    } else {
      paths.push_back(given->second);
    }
    for (const std::string& path : paths) {
      if (auto usable = check_path(key, path); !usable) return usable;
    }
  }
  return kDone;
}

}  // namespace earshot::worker::sherpa
