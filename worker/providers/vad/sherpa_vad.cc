#include "worker/providers/vad/sherpa_vad.h"

#include <array>
#include <atomic>
#include <utility>
#include <vector>

#include "common/log/log.h"

namespace earshot::worker {

namespace {

// After so much speech without a gap the detector starts afresh, because it keeps the audio of a whole
// segment (10 s, 640 kB). It is deaf for two windows then, far less than the silence that ends an utterance.
constexpr int kMaxWindowsOfSpeech = 10 * sherpa::kSampleRateHz / static_cast<int>(sherpa::kVadWindowSamples);

struct Slot {
  std::unique_ptr<sherpa::VoiceDetector> detector;
  std::atomic<bool> lent{false};
};
using Slots = std::vector<Slot>;

class SherpaVad final : public Vad {
 public:
  SherpaVad(std::shared_ptr<Slots> slots, Slot& slot) : slots_(std::move(slots)), slot_(slot) {}
  ~SherpaVad() override {
    slot_.detector->reset();
    slot_.lent.store(false, std::memory_order_release);
  }
  SherpaVad(const SherpaVad&) = delete;
  SherpaVad& operator=(const SherpaVad&) = delete;

  bool is_speech(std::span<const std::int16_t> frame) override {
    for (const std::int16_t sample : frame) {
      window_[filled_++] = static_cast<float>(sample) / 32768.0F;
      if (filled_ == window_.size()) judge();
    }
    return speech_;
  }

  void reset() override {
    slot_.detector->reset();
    filled_ = 0;
    speech_ = false;
    windows_of_speech_ = 0;
  }

 private:
  void judge() {
    filled_ = 0;
    speech_ = slot_.detector->accept(window_);
    windows_of_speech_ = speech_ ? windows_of_speech_ + 1 : 0;
    if (windows_of_speech_ < kMaxWindowsOfSpeech) return;
    slot_.detector->reset();
    windows_of_speech_ = 0;
  }

  std::shared_ptr<Slots> slots_;
  Slot& slot_;
  std::array<float, sherpa::kVadWindowSamples> window_{};
  std::size_t filled_ = 0;
  bool speech_ = false;
  int windows_of_speech_ = 0;
};

class SherpaVadProvider final : public VadProvider {
 public:
  SherpaVadProvider(std::shared_ptr<Slots> slots, std::unique_ptr<VadProvider> local)
      : slots_(std::move(slots)), local_(std::move(local)) {}

  std::unique_ptr<Vad> create() override {
    for (Slot& slot : *slots_) {
      if (!slot.lent.exchange(true, std::memory_order_acquire)) {
        return std::make_unique<SherpaVad>(slots_, slot);
      }
    }
    logger().warn("all {} voice detectors are in use, a conversation gets the embedded one", slots_->size());
    return local_->create();
  }

 private:
  static spdlog::logger& logger() {
    static spdlog::logger& instance = log::logger("vad");
    return instance;
  }

  std::shared_ptr<Slots> slots_;
  std::unique_ptr<VadProvider> local_;
};

}  // namespace

SherpaVadSettings read_sherpa_vad(ConfigSection& section) {
  SherpaVadSettings settings;
  settings.model = sherpa::read_model(section, sherpa::vad_families());
  section.read("threshold", settings.threshold, 0.05, 0.95);
  section.read("detectors", settings.detectors, {1, 10'000});
  return settings;
}

Result<std::unique_ptr<VadProvider>> make_sherpa_vad(const SherpaVadSettings& settings,
                                                     const sherpa::SherpaLibrary& library,
                                                     std::unique_ptr<VadProvider> local) {
  if (auto usable = check_files(settings.model); !usable) return usable.error();
  auto slots = std::make_shared<Slots>(static_cast<std::size_t>(settings.detectors));
  for (Slot& slot : *slots) {
    auto detector = library.load_detector(settings.model, settings.threshold);
    if (!detector) return detector.error();
    slot.detector = std::move(*detector);
  }
  return std::unique_ptr<VadProvider>(
      std::make_unique<SherpaVadProvider>(std::move(slots), std::move(local)));
}

}  // namespace earshot::worker
