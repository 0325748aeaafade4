#include "worker/providers/vad/silero_vad.h"

#include <array>
#include <atomic>
#include <utility>

#include "common/log/log.h"

namespace earshot::worker {

namespace {

// How many conversations Silero hears. Shared by the provider and its Vads, on any thread.
class Places {
 public:
  explicit Places(int most) : most_(most) {}
  bool take() {
    if (taken_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    give_back();
    return false;
  }
  void give_back() { taken_.fetch_sub(1, std::memory_order_relaxed); }
  int most() const { return most_; }

 private:
  const int most_;
  std::atomic<int> taken_{0};
};

class SileroVad final : public Vad {
 public:
  SileroVad(std::shared_ptr<const SileroModel> model, std::shared_ptr<Places> places)
      : model_(std::move(model)), places_(std::move(places)) {}
  ~SileroVad() override { places_->give_back(); }
  SileroVad(const SileroVad&) = delete;
  SileroVad& operator=(const SileroVad&) = delete;

  bool is_speech(std::span<const std::int16_t> frame) override {
    for (const std::int16_t sample : frame) {
      window_[filled_++] = static_cast<float>(sample) / 32768.0F;
      if (filled_ == window_.size()) judge();
    }
    return speech_;
  }

  void reset() override {
    state_ = {};
    filled_ = 0;
    speech_ = false;
  }

 private:
  void judge() {
    filled_ = 0;
    const float probability = model_->judge(window_, state_);
    speech_ = probability >= (speech_ ? kSileroSpeechEnds : kSileroSpeechBegins);
  }

  std::shared_ptr<const SileroModel> model_;
  std::shared_ptr<Places> places_;
  SileroState state_;
  std::array<float, kSileroWindowSamples> window_{};
  std::size_t filled_ = 0;
  bool speech_ = false;
};

class SileroVadProvider final : public VadProvider {
 public:
  SileroVadProvider(std::shared_ptr<const SileroModel> model, int detectors,
                    std::unique_ptr<VadProvider> local)
      : model_(std::move(model)), places_(std::make_shared<Places>(detectors)), local_(std::move(local)) {}

  std::unique_ptr<Vad> create() override {
    if (places_->take()) return std::make_unique<SileroVad>(model_, places_);
    if (!told_full_.exchange(true)) {
      log::logger("vad").warn(
          "{} conversations are heard by Silero, those beyond by WebRTC and energy (vad.detectors)",
          places_->most());
    }
    return local_->create();
  }

 private:
  std::shared_ptr<const SileroModel> model_;
  std::shared_ptr<Places> places_;
  std::unique_ptr<VadProvider> local_;
  std::atomic<bool> told_full_{false};
};

}  // namespace

std::unique_ptr<VadProvider> make_silero_vad(std::shared_ptr<const SileroModel> model, int detectors,
                                             std::unique_ptr<VadProvider> local) {
  return std::make_unique<SileroVadProvider>(std::move(model), detectors, std::move(local));
}

}  // namespace earshot::worker
