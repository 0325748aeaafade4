// The WebRTC project's voice activity detector, as Debian's libwebrtc-audio-processing exports it.
// One instance a session; called in order from one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace earshot::worker {

class WebRtcVad {
 public:
  // REQUIRES: mode 0..3. Aborts only if the library cannot allocate its 700 bytes.
  explicit WebRtcVad(int mode);

  // REQUIRES: 320 samples: 20 ms at 16 kHz.
  bool is_speech(std::span<const std::int16_t> frame);
  void reset();

 private:
  struct Deleter {
    void operator()(void* handle) const;
  };
  int mode_;
  std::unique_ptr<void, Deleter> handle_;
};

}  // namespace earshot::worker
