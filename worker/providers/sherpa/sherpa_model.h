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
  enum class Kind { kFile, kFiles, kFolder };  // kFiles: paths with commas between them

  std::string_view name;  // in the configuration
  bool required = true;
  Kind kind = Kind::kFile;
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
// kNotFound: names the first path that is not there, or cannot be read, with its key.
Status check_files(const Model& model);

}  // namespace earshot::worker::sherpa
