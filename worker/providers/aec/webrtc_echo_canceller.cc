#include "worker/providers/aec/webrtc_echo_canceller.h"

#include <webrtc/modules/audio_processing/include/audio_processing.h>
#include <webrtc/modules/interface/module_common_types.h>

#include <algorithm>

#include "common/base/check.h"

namespace earshot::worker {

namespace {

// Asked for before each piece; with DelayAgnostic it is where the search for the delay begins.
constexpr int kUsualDelayMs = 60;

class WebrtcEchoCanceller final : public EchoCanceller {
 public:
  WebrtcEchoCanceller() {
    webrtc::Config config;
    config.Set<webrtc::DelayAgnostic>(new webrtc::DelayAgnostic(true));    // the config owns both
    config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));  // 128 ms instead of 48
    processing_.reset(webrtc::AudioProcessing::Create(config));
    EARSHOT_CHECK(processing_ != nullptr, "webrtc::AudioProcessing::Create");
    // Low: the stronger ones take the user away with the echo (p95 of an interruption 162, 195, 353 ms), and EchoGuard
    // stands behind.
    auto& echo = *processing_->echo_cancellation();
    const bool ready =
        echo.set_suppression_level(webrtc::EchoCancellation::kLowSuppression) == 0 && echo.Enable(true) == 0;
    EARSHOT_CHECK(ready, "the echo canceller can be enabled");
  }

  void cancel(std::span<const std::int16_t> played, std::span<std::int16_t> heard) override {
    fill(played);
    processing_->AnalyzeReverseStream(&frame_);
    processing_->set_stream_delay_ms(kUsualDelayMs);
    fill(heard);
    if (processing_->ProcessStream(&frame_) != 0) return;
    std::copy_n(frame_.data_, heard.size(), heard.begin());
  }

 private:
  void fill(std::span<const std::int16_t> samples) {
    frame_.UpdateFrame(0, 0, samples.data(), samples.size(), kEchoRateHz, webrtc::AudioFrame::kNormalSpeech,
                       webrtc::AudioFrame::kVadUnknown, 1);
  }

  std::unique_ptr<webrtc::AudioProcessing> processing_;
  webrtc::AudioFrame frame_;
};

}  // namespace

std::unique_ptr<EchoCanceller> make_webrtc_echo_canceller() {
  return std::make_unique<WebrtcEchoCanceller>();
}

}  // namespace earshot::worker
