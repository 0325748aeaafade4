// The library behind sherpa_library.h. Calls and frees, decides nothing.
#include <exception>
#include <utility>
#include <vector>

#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/providers/sherpa/sherpa_symbols.h"

namespace earshot::worker::sherpa {

namespace {

constexpr const char* kHowToGetIt = "deploy/models.sh fetches it (docs/providers.md)";
constexpr const char* kDevice = "cpu";
constexpr int kFeatures = 80;
// A detector in speech keeps the audio of the whole segment; SherpaVad resets it before this is full.
constexpr float kDetectorSeconds = 12;
constexpr float kLessThanAWindowSeconds = 0.001F;
// What a streaming model must hear behind the last word to give it up.
constexpr std::size_t kTailSamples = kSampleRateHz / 2;

using Api = std::shared_ptr<const Symbols>;
template <class T>
using Handle = std::unique_ptr<const T, void (*)(const T*)>;

// onnxruntime may throw through the C API: out of memory, a model it cannot run.
template <class T, class Call>
Result<T> guarded(const std::string& what, Call call) {
  try {
    return call();
  } catch (const std::exception& failure) {
    return Error{ErrorCode::kInternal, "sherpa-onnx cannot " + what + ": " + failure.what()};
  }
}

Error not_loaded(const std::string& what) {
  return {ErrorCode::kInvalid, "sherpa-onnx does not take this " + what +
                                   "; it has written the reason to the standard error output"};
}

std::int32_t count(std::span<const float> pcm) {
  return static_cast<std::int32_t>(pcm.size());
}

class SileroDetector final : public VoiceDetector {
 public:
  using Engine = Handle<SherpaOnnxVoiceActivityDetector>;
  SileroDetector(Api api, Engine engine) : api_(std::move(api)), engine_(std::move(engine)) {}

  bool accept(std::span<const float> window) override {
    try {
      api_->detector_accept_waveform(engine_.get(), window.data(), count(window));
    } catch (const std::exception&) {
      return false;  // not seen to happen once a model is loaded; a conversation goes on without hearing
    }
    // Finished segments pile up in the library until they are taken.
    api_->detector_clear(engine_.get());
    return api_->detector_detected(engine_.get()) == 1;
  }
  void reset() override { api_->detector_reset(engine_.get()); }

 private:
  Api api_;
  Engine engine_;
};

class WholeModel final : public UtteranceModel {
 public:
  using Engine = Handle<SherpaOnnxOfflineRecognizer>;
  WholeModel(Api api, Engine engine) : api_(std::move(api)), engine_(std::move(engine)) {}

  Result<std::string> decode(std::span<const float> pcm) override {
    return guarded<std::string>("recognise", [&]() -> Result<std::string> {
      const Handle<SherpaOnnxOfflineStream> stream(api_->create_offline_stream(engine_.get()),
                                                   api_->destroy_offline_stream);
      api_->accept_waveform_offline(stream.get(), kSampleRateHz, pcm.data(), count(pcm));
      api_->decode_offline_stream(engine_.get(), stream.get());
      const Handle<SherpaOnnxOfflineRecognizerResult> result(api_->get_offline_stream_result(stream.get()),
                                                             api_->destroy_offline_result);
      if (!result) return Error{ErrorCode::kInternal, "sherpa-onnx gives no result"};
      return std::string(result->text == nullptr ? "" : result->text);
    });
  }

 private:
  Api api_;
  Engine engine_;
};

using OnlineEngine = Handle<SherpaOnnxOnlineRecognizer>;
using OnlineStream = Handle<SherpaOnnxOnlineStream>;

class OnlineDecoder final : public StreamDecoder {
 public:
  OnlineDecoder(Api api, std::shared_ptr<OnlineEngine> engine, OnlineStream stream)
      : api_(std::move(api)), engine_(std::move(engine)), stream_(std::move(stream)) {}

  Result<std::string> accept(std::span<const float> pcm) override {
    return guarded<std::string>("recognise", [&]() -> Result<std::string> {
      api_->online_accept_waveform(stream_.get(), kSampleRateHz, pcm.data(), count(pcm));
      return decode();
    });
  }
  Result<std::string> finish() override {
    return guarded<std::string>("recognise", [&]() -> Result<std::string> {
      const std::vector<float> tail(kTailSamples);
      api_->online_accept_waveform(stream_.get(), kSampleRateHz, tail.data(), count(tail));
      api_->online_input_finished(stream_.get());
      return decode();
    });
  }

 private:
  Result<std::string> decode() {
    while (api_->is_online_stream_ready(engine_->get(), stream_.get()) == 1) {
      api_->decode_online_stream(engine_->get(), stream_.get());
    }
    const Handle<SherpaOnnxOnlineRecognizerResult> result(
        api_->get_online_stream_result(engine_->get(), stream_.get()), api_->destroy_online_result);
    if (!result) return Error{ErrorCode::kInternal, "sherpa-onnx gives no result"};
    return std::string(result->text == nullptr ? "" : result->text);
  }

  Api api_;
  std::shared_ptr<OnlineEngine> engine_;
  OnlineStream stream_;
};

class OnlineModel final : public StreamModel {
 public:
  OnlineModel(Api api, OnlineEngine engine)
      : api_(std::move(api)), engine_(std::make_shared<OnlineEngine>(std::move(engine))) {}

  Result<std::unique_ptr<StreamDecoder>> open() override {
    return guarded<std::unique_ptr<StreamDecoder>>(
        "open a stream", [&]() -> Result<std::unique_ptr<StreamDecoder>> {
          OnlineStream stream(api_->create_online_stream(engine_->get()), api_->destroy_online_stream);
          if (!stream) return Error{ErrorCode::kInternal, "sherpa-onnx opens no stream"};
          return std::unique_ptr<StreamDecoder>(
              std::make_unique<OnlineDecoder>(api_, engine_, std::move(stream)));
        });
  }

 private:
  Api api_;
  std::shared_ptr<OnlineEngine> engine_;
};

class Voice final : public VoiceModel {
 public:
  using Engine = Handle<SherpaOnnxOfflineTts>;
  Voice(Api api, Engine engine) : api_(std::move(api)), engine_(std::move(engine)) {}

  int sample_rate_hz() const override { return api_->tts_sample_rate(engine_.get()); }
  int speakers() const override { return api_->tts_num_speakers(engine_.get()); }
  Status speak(const std::string& text, int speaker, double speed, const OnSamples& on_samples) override {
    return guarded<Done>("speak", [&]() -> Status {
      SherpaOnnxGenerationConfig config{};
      config.silence_scale = 0.2F;
      config.speed = static_cast<float>(speed);
      config.sid = speaker;
      bool stopped = false;
      Listener listener{on_samples, stopped};
      const Handle<SherpaOnnxGeneratedAudio> audio(
          api_->tts_generate(engine_.get(), text.c_str(), &config, &Voice::on_audio, &listener),
          api_->destroy_audio);
      if (!stopped && (!audio || audio->n <= 0)) {
        return Error{ErrorCode::kInternal, "sherpa-onnx makes no sound of a sentence"};
      }
      return kDone;
    });
  }

 private:
  struct Listener {
    const OnSamples& on_samples;
    bool& stopped;
  };
  static std::int32_t on_audio(const float* samples, std::int32_t n, float /*progress*/, void* arg) {
    auto& listener = *static_cast<Listener*>(arg);
    if (n > 0) listener.stopped = !listener.on_samples({samples, static_cast<std::size_t>(n)});
    return listener.stopped ? 0 : 1;
  }

  Api api_;
  Engine engine_;
};

class Library final : public SherpaLibrary {
 public:
  explicit Library(Api api) : api_(std::move(api)) {}

  Result<std::unique_ptr<VoiceDetector>> load_detector(const Model& model, double threshold) const override {
    return guarded<std::unique_ptr<VoiceDetector>>(
        "load the detector", [&]() -> Result<std::unique_ptr<VoiceDetector>> {
          SherpaOnnxVadModelConfig config{};
          config.silero_vad.model = model.file("model");
          config.silero_vad.threshold = static_cast<float>(threshold);
          // Single windows are asked about: how long speech and silence must last is the endpointer's
          // business. Not 0, which the library takes for its default of half a second.
          config.silero_vad.min_silence_duration = kLessThanAWindowSeconds;
          config.silero_vad.min_speech_duration = kLessThanAWindowSeconds;
          config.silero_vad.window_size = static_cast<std::int32_t>(kVadWindowSamples);
          config.silero_vad.max_speech_duration = kDetectorSeconds;
          config.sample_rate = kSampleRateHz;
          config.num_threads = model.threads;
          config.provider = kDevice;
          SileroDetector::Engine engine(api_->create_detector(&config, kDetectorSeconds),
                                        api_->destroy_detector);
          if (!engine) return not_loaded("VAD model");
          return std::unique_ptr<VoiceDetector>(std::make_unique<SileroDetector>(api_, std::move(engine)));
        });
  }

  Result<std::shared_ptr<UtteranceModel>> load_utterance_model(const Model& model,
                                                               const std::string& language) const override {
    return guarded<std::shared_ptr<UtteranceModel>>(
        "load the model", [&]() -> Result<std::shared_ptr<UtteranceModel>> {
          SherpaOnnxOfflineRecognizerConfig config{};
          config.feat_config = {.sample_rate = kSampleRateHz, .feature_dim = kFeatures};
          config.decoding_method = "greedy_search";
          auto& files = config.model_config;
          files.tokens = model.file("tokens");
          files.num_threads = model.threads;
          files.provider = kDevice;
          const std::string_view family = model.family->name;
          if (family == "sense_voice") {
            files.sense_voice.model = model.file("model");
            files.sense_voice.language = language.c_str();
            files.sense_voice.use_itn = 1;
          } else if (family == "whisper") {
            files.whisper.encoder = model.file("encoder");
            files.whisper.decoder = model.file("decoder");
            files.whisper.language = language.c_str();
          } else if (family == "moonshine") {
            files.moonshine.encoder = model.file("encoder");
            files.moonshine.merged_decoder = model.file("merged_decoder");
          } else if (family == "paraformer") {
            files.paraformer.model = model.file("model");
          } else {
            files.transducer = {.encoder = model.file("encoder"),
                                .decoder = model.file("decoder"),
                                .joiner = model.file("joiner")};
          }
          WholeModel::Engine engine(api_->create_offline_recognizer(&config),
                                    api_->destroy_offline_recognizer);
          if (!engine) return not_loaded("ASR model");
          return std::shared_ptr<UtteranceModel>(std::make_shared<WholeModel>(api_, std::move(engine)));
        });
  }

  Result<std::shared_ptr<StreamModel>> load_stream_model(const Model& model) const override {
    return guarded<std::shared_ptr<StreamModel>>(
        "load the model", [&]() -> Result<std::shared_ptr<StreamModel>> {
          SherpaOnnxOnlineRecognizerConfig config{};
          config.feat_config = {.sample_rate = kSampleRateHz, .feature_dim = kFeatures};
          config.decoding_method = "greedy_search";
          auto& files = config.model_config;
          files.tokens = model.file("tokens");
          files.num_threads = model.threads;
          files.provider = kDevice;
          if (model.family->name == "streaming_paraformer") {
            files.paraformer = {.encoder = model.file("encoder"), .decoder = model.file("decoder")};
          } else {
            files.transducer = {.encoder = model.file("encoder"),
                                .decoder = model.file("decoder"),
                                .joiner = model.file("joiner")};
          }
          OnlineEngine engine(api_->create_online_recognizer(&config), api_->destroy_online_recognizer);
          if (!engine) return not_loaded("streaming ASR model");
          return std::shared_ptr<StreamModel>(std::make_shared<OnlineModel>(api_, std::move(engine)));
        });
  }

  Result<std::shared_ptr<VoiceModel>> load_voice(const Model& model) const override {
    return guarded<std::shared_ptr<VoiceModel>>(
        "load the voice", [&]() -> Result<std::shared_ptr<VoiceModel>> {
          SherpaOnnxOfflineTtsConfig config{};
          config.max_num_sentences = 1;
          config.silence_scale = 0.2F;
          config.model.num_threads = model.threads;
          config.model.provider = kDevice;
          // What stays 0 is the library's own choice: scales of noise and length.
          const std::string_view family = model.family->name;
          if (family == "vits") {
            auto& vits = config.model.vits;
            vits.model = model.file("model");
            vits.tokens = model.file("tokens");
            vits.lexicon = model.file("lexicon");
          } else if (family == "matcha") {
            auto& matcha = config.model.matcha;
            matcha.acoustic_model = model.file("acoustic_model");
            matcha.vocoder = model.file("vocoder");
            matcha.tokens = model.file("tokens");
            matcha.lexicon = model.file("lexicon");
          } else {
            auto& kokoro = config.model.kokoro;
            kokoro.model = model.file("model");
            kokoro.voices = model.file("voices");
            kokoro.tokens = model.file("tokens");
            kokoro.lexicon = model.file("lexicon");
          }
          Voice::Engine engine(api_->create_tts(&config), api_->destroy_tts);
          if (!engine) return not_loaded("TTS model");
          return std::shared_ptr<VoiceModel>(std::make_shared<Voice>(api_, std::move(engine)));
        });
  }

 private:
  Api api_;
};

}  // namespace

Result<std::shared_ptr<const SherpaLibrary>> sherpa_library(const std::string& models_dir) {
  if (models_dir.empty()) {
    return Error{
        ErrorCode::kUnavailable,
        "no models folder is set (models_dir), so there is no sherpa-onnx: " + std::string(kHowToGetIt)};
  }
  auto symbols = load_symbols(models_dir + "/lib");
  if (!symbols) {
    return Error{symbols.error().code,
                 "sherpa-onnx cannot be loaded: " + symbols.error().message + "; " + kHowToGetIt};
  }
  return std::shared_ptr<const SherpaLibrary>(std::make_shared<Library>(std::move(*symbols)));
}

}  // namespace earshot::worker::sherpa
