#include "worker/providers/vad/embedded_vad.h"

#include "worker/providers/vad/energy_vad.h"
#include "worker/providers/vad/webrtc_vad.h"

namespace earshot::worker {

namespace {

// Either alone takes noise for speech that the other does not: WebRTC a steady hum, energy a slamming door.
class EmbeddedVad final : public Vad {
 public:
  explicit EmbeddedVad(const EmbeddedVadConfig& config)
      : webrtc_(config.webrtc_mode), energy_(config.energy_margin_db) {}

  bool is_speech(std::span<const std::int16_t> frame) override {
    // Both see every frame: both adapt.
    const bool loud = energy_.is_speech(frame);
    const bool voiced = webrtc_.is_speech(frame);
    return loud && voiced;
  }
  void reset() override {
    webrtc_.reset();
    energy_.reset();
  }

 private:
  WebRtcVad webrtc_;
  EnergyVad energy_;
};

class EmbeddedVadProvider final : public VadProvider {
 public:
  explicit EmbeddedVadProvider(const EmbeddedVadConfig& config) : config_(config) {}
  std::unique_ptr<Vad> create() override { return std::make_unique<EmbeddedVad>(config_); }

 private:
  EmbeddedVadConfig config_;
};

}  // namespace

Result<std::unique_ptr<VadProvider>> make_embedded_vad(const EmbeddedVadConfig& config) {
  if (config.webrtc_mode < 0 || config.webrtc_mode > 3) {
    return Error{ErrorCode::kInvalid,
                 "the WebRTC VAD has modes 0 to 3, not " + std::to_string(config.webrtc_mode)};
  }
  if (config.energy_margin_db < 0 || config.energy_margin_db > 40) {
    return Error{ErrorCode::kInvalid, "the VAD's energy margin must be between 0 and 40 dB"};
  }
  return std::unique_ptr<VadProvider>(std::make_unique<EmbeddedVadProvider>(config));
}

}  // namespace earshot::worker
