#include "worker/providers/sherpa/sherpa_model.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "worker/providers/sherpa/model_file.h"
#include "worker/providers/sherpa/tokens_file.h"

namespace earshot::worker::sherpa {

namespace {

using Kind = FileKey::Kind;

constexpr FileKey kTokens{.name = "tokens", .kind = Kind::kTokens};
constexpr FileKey kLexicon{.name = "lexicon", .kind = Kind::kFiles, .required = false};

Error unusable(ErrorCode code, std::string_view key, const std::string& path, const std::string& why) {
  return {code, std::string(key) + ": '" + path + "' " + why +
                    " (where models come from: docs/providers.md, sherpa-onnx)"};
}

Status check_names(const FileKey& key, const ModelNames& names) {
  std::istringstream needs{std::string(key.needs)};
  for (std::string name; needs >> name;) {
    if (!names.contains(name)) {
      return Error{ErrorCode::kInvalid, "is a model of another kind: it has no '" + name + "'"};
    }
  }
  return kDone;
}

Status check_content(const FileKey& key, const std::string& path) {
  if (key.kind == Kind::kTokens) return check_tokens_file(path);
  if (key.kind != Kind::kModel) return kDone;
  const auto names = read_model_names(path);
  return names ? check_names(key, *names) : Status(names.error());
}

Status check_path(const FileKey& key, const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  const auto not_found = [&](const std::string& why) {
    return unusable(ErrorCode::kNotFound, key.name, path, why);
  };
  if (!std::filesystem::exists(status)) return not_found("does not exist");
  if (!std::filesystem::is_regular_file(status)) return not_found("is not a file");
  if (std::filesystem::file_size(path, failure) == 0) return not_found("is empty");
  if (::access(path.c_str(), R_OK) != 0) return not_found("cannot be read by this user");
  if (auto content = check_content(key, path); !content) {
    return unusable(content.error().code, key.name, path, content.error().message);
  }
  return kDone;
}

}  // namespace

const char* Model::file(std::string_view key) const {
  const auto found = files.find(key);
  return found == files.end() ? "" : found->second.c_str();
}

const std::vector<Family>& vad_families() {
  static const std::vector<Family> families{
      {.name = "silero", .files = {{.name = "model", .needs = "input sr"}}}};
  return families;
}

const std::vector<Family>& asr_families() {
  static const std::vector<Family> families{
      {.name = "sense_voice",
       .files = {{.name = "model", .needs = "vocab_size lfr_window_size lfr_window_shift"}, kTokens}},
      {.name = "moonshine",
       .files = {{.name = "encoder", .needs = "input_values"},
                 {.name = "merged_decoder", .needs = "input_ids encoder_hidden_states"},
                 kTokens}},
      {.name = "whisper",
       .files = {{.name = "encoder", .needs = "n_mels n_text_layer sot"}, {.name = "decoder"}, kTokens}},
      {.name = "paraformer",
       .files = {{.name = "model", .needs = "vocab_size lfr_window_size neg_mean"}, kTokens}},
      {.name = "transducer",
       .files =
           {{.name = "encoder", .needs = "model_type"}, {.name = "decoder"}, {.name = "joiner"}, kTokens}},
      {.name = "streaming_transducer",
       .files =
           {{.name = "encoder", .needs = "model_type"}, {.name = "decoder"}, {.name = "joiner"}, kTokens},
       .streaming = true},
      {.name = "streaming_paraformer",
       .files = {{.name = "encoder", .needs = "vocab_size lfr_window_size encoder_output_size"},
                 {.name = "decoder"},
                 kTokens},
       .streaming = true}};
  return families;
}

const std::vector<Family>& tts_families() {
  static const std::vector<Family> families{
      {.name = "vits",
       .files = {{.name = "model", .needs = "sample_rate n_speakers language"}, kTokens, kLexicon}},
      {.name = "matcha",
       .files = {{.name = "acoustic_model", .needs = "sample_rate n_speakers use_eos_bos"},
                 {.name = "vocoder"},
                 kTokens,
                 kLexicon}},
      {.name = "kokoro",
       .files = {{.name = "model", .needs = "sample_rate n_speakers style_dim"},
                 {.name = "voices", .kind = Kind::kFile},
                 kTokens,
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
