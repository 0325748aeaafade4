// The model families of sherpa-onnx that a configuration can name, and the files that each is made of. Pure,
// but for check_files(), which looks at the disk.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/config_reader.h"

namespace earshot::worker::sherpa {

struct FileKey {
  enum class Kind {
    kModel,   // ONNX or ORT
    kTokens,  // a symbol and its number on each line
    kFile,    // anything
    kFiles,   // paths with commas between them
  };

  std::string_view name;  // in the configuration
  Kind kind = Kind::kModel;
  // Words between spaces. Of a model: inputs and keys of its metadata without which the library cannot use it.
  std::string_view needs = {};
  bool required = true;
};

struct Family {
  std::string_view name;
  std::vector<FileKey> files;
  bool streaming = false;  // of speech recognition: reads while the user speaks
};

struct Model {
  const Family* family = nullptr;
  std::map<std::string, std::string, std::less<>> files;  // by key; those not given are absent
  int threads = 1;                                        // of one inference

  // "" when it is not given. Valid as long as this model is.
  const char* file(std::string_view key) const;
};

const std::vector<Family>& vad_families();
const std::vector<Family>& asr_families();
const std::vector<Family>& tts_families();

// `family`, the family's files, `threads`. Names every required file that is missing.
Model read_model(ConfigSection& section, const std::vector<Family>& families);
// kNotFound, kInvalid: names the first path, with its key, that is not there, cannot be read, or is not a file
// of its kind (model_file.h).
Status check_files(const Model& model);

}  // namespace earshot::worker::sherpa
