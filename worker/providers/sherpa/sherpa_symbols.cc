#include "worker/providers/sherpa/sherpa_symbols.h"

#include <dlfcn.h>

#include <utility>

#include "worker/providers/sherpa/shared_object.h"

namespace earshot::worker::sherpa {

namespace {

constexpr const char* kEngine = "libsherpa-onnx-c-api.so";
constexpr const char* kRuntime = "libonnxruntime.so";  // the engine looks for it beside itself

struct Close {
  void operator()(void* library) const { ::dlclose(library); }
};
using Opened = std::unique_ptr<void, Close>;

std::string loader_error() {
  const char* said = ::dlerror();
  return said == nullptr ? "the loader gives no reason" : said;
}

Result<Opened> open_library(const std::string& folder) {
  for (const char* name : {kRuntime, kEngine}) {
    if (auto whole = check_shared_object(folder + "/" + name); !whole) return whole.error();
  }
  // Its C++ symbols stay its own, and what it lacks shows now, not in a conversation.
  Opened library(::dlopen((folder + "/" + kEngine).c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library) return Error{ErrorCode::kUnavailable, loader_error()};
  return library;
}

class SymbolFinder {
 public:
  explicit SymbolFinder(void* library) : library_(library) {}

  template <class Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

void find_hearing(SymbolFinder& finder, Symbols& all) {
  finder.find("SherpaOnnxCreateVoiceActivityDetector", all.create_detector);
  finder.find("SherpaOnnxDestroyVoiceActivityDetector", all.destroy_detector);
  finder.find("SherpaOnnxVoiceActivityDetectorAcceptWaveform", all.detector_accept_waveform);
  finder.find("SherpaOnnxVoiceActivityDetectorClear", all.detector_clear);
  finder.find("SherpaOnnxVoiceActivityDetectorDetected", all.detector_detected);
  finder.find("SherpaOnnxVoiceActivityDetectorReset", all.detector_reset);

  finder.find("SherpaOnnxCreateOfflineRecognizer", all.create_offline_recognizer);
  finder.find("SherpaOnnxDestroyOfflineRecognizer", all.destroy_offline_recognizer);
  finder.find("SherpaOnnxCreateOfflineStream", all.create_offline_stream);
  finder.find("SherpaOnnxDestroyOfflineStream", all.destroy_offline_stream);
  finder.find("SherpaOnnxAcceptWaveformOffline", all.accept_waveform_offline);
  finder.find("SherpaOnnxDecodeOfflineStream", all.decode_offline_stream);
  finder.find("SherpaOnnxGetOfflineStreamResult", all.get_offline_stream_result);
  finder.find("SherpaOnnxDestroyOfflineRecognizerResult", all.destroy_offline_result);

  finder.find("SherpaOnnxCreateOnlineRecognizer", all.create_online_recognizer);
  finder.find("SherpaOnnxDestroyOnlineRecognizer", all.destroy_online_recognizer);
  finder.find("SherpaOnnxCreateOnlineStream", all.create_online_stream);
  finder.find("SherpaOnnxDestroyOnlineStream", all.destroy_online_stream);
  finder.find("SherpaOnnxOnlineStreamAcceptWaveform", all.online_accept_waveform);
  finder.find("SherpaOnnxOnlineStreamInputFinished", all.online_input_finished);
  finder.find("SherpaOnnxIsOnlineStreamReady", all.is_online_stream_ready);
  finder.find("SherpaOnnxDecodeOnlineStream", all.decode_online_stream);
  finder.find("SherpaOnnxGetOnlineStreamResult", all.get_online_stream_result);
  finder.find("SherpaOnnxDestroyOnlineRecognizerResult", all.destroy_online_result);
}

void find_speaking(SymbolFinder& finder, Symbols& all) {
  finder.find("SherpaOnnxCreateOfflineTts", all.create_tts);
  finder.find("SherpaOnnxDestroyOfflineTts", all.destroy_tts);
  finder.find("SherpaOnnxOfflineTtsSampleRate", all.tts_sample_rate);
  finder.find("SherpaOnnxOfflineTtsNumSpeakers", all.tts_num_speakers);
  finder.find("SherpaOnnxOfflineTtsGenerateWithConfig", all.tts_generate);
  finder.find("SherpaOnnxDestroyOfflineTtsGeneratedAudio", all.destroy_audio);
}

}  // namespace

Result<std::shared_ptr<const Symbols>> load_symbols(const std::string& folder) {
  auto library = open_library(folder);
  if (!library) return library.error();
  const std::string where = "'" + folder + "/" + kEngine + "' ";
  auto all = std::make_shared<Symbols>();
  SymbolFinder finder(library->get());
  finder.find("SherpaOnnxGetVersionStr", all->get_version_str);
  if (all->get_version_str == nullptr) return Error{ErrorCode::kUnavailable, where + "is not sherpa-onnx"};
  // First of all: another series lays its structures out differently, and crashes on ours.
  const std::string version = all->get_version_str();
  if (!version.starts_with(kReleaseSeries)) {
    return Error{ErrorCode::kUnavailable, where + "is release " + version + " of sherpa-onnx; this needs " +
                                              kReleaseSeries + "x, which has other structures"};
  }
  find_hearing(finder, *all);
  find_speaking(finder, *all);
  if (!finder.missing().empty()) {
    return Error{ErrorCode::kUnavailable, where + "lacks " + finder.missing()};
  }
  // Never closed: onnxruntime's threads and allocators do not outlive its code.
  static_cast<void>(library->release());
  return std::shared_ptr<const Symbols>(std::move(all));
}

}  // namespace earshot::worker::sherpa
