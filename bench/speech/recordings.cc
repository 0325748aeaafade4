#include "bench/speech/recordings.h"

#include <fstream>
#include <utility>

#include "common/audio/resampler.h"
#include "common/audio/wav.h"

namespace earshot::bench {

namespace {

constexpr int kReaderHz = 16000;

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::string& folder, const std::string& list) {
  std::ifstream lines(folder + "/" + list);
  if (!lines)
    return Error{ErrorCode::kNotFound, folder + "/" + list + " is not there: bench/speech/recordings.sh"};
  std::vector<Recording> recordings;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const std::string path = folder + "/" + line.substr(0, tab);
    auto sound = read_wav_file(path);
    if (!sound) return Error{sound.error().code, path + ": " + sound.error().message};
    auto heard = resample(*sound, kReaderHz);
    if (!heard) return Error{heard.error().code, path + ": " + heard.error().message};
    recordings.push_back({.text = line.substr(tab + 1), .sound = std::move(*heard)});
  }
  return recordings;
}

}  // namespace earshot::bench
