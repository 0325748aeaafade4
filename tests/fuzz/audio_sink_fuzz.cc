#include <cstddef>
#include <cstdint>

#include "worker/providers/tts/audio_sink.h"

// The first byte chooses what was asked for and how large the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  earshot::worker::AudioSink sink(
      {.expects_mp3 = (data[0] & 1) != 0, .pcm_rate_hz = 24000, .max_bytes = 65536});
  const std::size_t piece = 1 + (data[0] >> 1);
  earshot::ByteView rest(data + 1, size - 1);
  while (!rest.empty()) {
    const auto front = rest.first(piece < rest.size() ? piece : rest.size());
    if (!sink.feed(front)) return 0;
    rest = rest.subspan(front.size());
  }
  (void)sink.finish().ok();
  return 0;
}
