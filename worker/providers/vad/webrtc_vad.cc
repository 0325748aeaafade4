#include "worker/providers/vad/webrtc_vad.h"

#include "common/base/check.h"

// libwebrtc_audio_processing 0.3 exports these without a header (measurements 8). Signatures as in the
// WebRTC project's common_audio/vad/include/webrtc_vad.h of that age.
struct WebRtcVadInst;
using VadInst = WebRtcVadInst;
extern "C" {
VadInst* WebRtcVad_Create();
int WebRtcVad_Init(VadInst* handle);
int WebRtcVad_set_mode(VadInst* handle, int mode);
int WebRtcVad_Process(VadInst* handle, int fs, const std::int16_t* audio_frame, std::size_t frame_length);
void WebRtcVad_Free(VadInst* handle);
}

namespace earshot::worker {

namespace {

constexpr int kSampleRateHz = 16000;

VadInst* instance(void* handle) {
  return static_cast<VadInst*>(handle);
}

}  // namespace

void WebRtcVad::Deleter::operator()(void* handle) const {
  WebRtcVad_Free(instance(handle));
}

WebRtcVad::WebRtcVad(int mode) : mode_(mode), handle_(WebRtcVad_Create()) {
  EARSHOT_CHECK(handle_ != nullptr, "WebRtcVad_Create");
  reset();
}

bool WebRtcVad::is_speech(std::span<const std::int16_t> frame) {
  return WebRtcVad_Process(instance(handle_.get()), kSampleRateHz, frame.data(), frame.size()) == 1;
}

void WebRtcVad::reset() {
  const bool ready =
      WebRtcVad_Init(instance(handle_.get())) == 0 && WebRtcVad_set_mode(instance(handle_.get()), mode_) == 0;
  EARSHOT_CHECK(ready, "WebRtcVad_Init and set_mode with a valid mode");
}

}  // namespace earshot::worker
