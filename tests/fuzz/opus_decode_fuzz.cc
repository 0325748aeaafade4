// A stream of packets of any bytes: each decodes to at most 120 ms or is refused. The first byte of each
// piece is the length of the packet behind it; 255 stands for a lost one.
#include <algorithm>
#include <cstdlib>

#include "common/audio/opus_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto decoder = earshot::OpusDecoder::create(16000, 60);
  earshot::ByteView rest(data, size);
  for (int packets = 0; !rest.empty() && packets < 50; ++packets) {
    const std::size_t length = rest.front();
    rest = rest.subspan(1);
    if (length == 255) {
      if (decoder->conceal().samples.size() != 960) std::abort();
      continue;
    }
    const auto packet = rest.first(std::min(length, rest.size()));
    const auto pcm = decoder->decode(packet);
    if (pcm.ok() && pcm->samples.size() > 1920) std::abort();
    rest = rest.subspan(packet.size());
  }
  return 0;
}
