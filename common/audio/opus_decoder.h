// Opus packets in, mono PCM out. Packets come from the network: any bytes are safe here.
#pragma once

#include <cstddef>
#include <memory>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

struct OpusDecoder;  // libopus

namespace earshot {

// Runs on: any one thread at a time.
// Owns: the decoder's state (18 kB).
class OpusDecoder {
 public:
  static constexpr int kMaxPacketMs = 120;              // the longest an Opus packet can be (RFC 6716, 3.2.5)
  static constexpr std::size_t kMaxPacketBytes = 8192;  // no sender makes larger ones (7662: RFC 6716, 3.2.1)

  // `frame_duration_ms`, what the sender announced, is the length of concealed frames;
  // packets may have any length.
  static Result<OpusDecoder> create(int sample_rate_hz, int frame_duration_ms);

  // RETURNS: at most kMaxPacketMs of audio. An empty packet is DTX silence (trap 23) and concealed like a
  // lost one. kInvalid: not an Opus packet; the state is as if it had never come.
  Result<Pcm> decode(ByteView packet);
  Pcm conceal();  // one frame in place of a lost one; fades to silence when repeated
  void reset();  // the next packet is of another stream (wake-word burst, new utterance: device-protocol 7.1)

  int sample_rate_hz() const { return sample_rate_hz_; }

 private:
  struct Free {
    void operator()(::OpusDecoder* decoder) const;
  };
  OpusDecoder(std::unique_ptr<::OpusDecoder, Free> state, int sample_rate_hz, int frame_samples);

  std::unique_ptr<::OpusDecoder, Free> state_;
  int sample_rate_hz_;
  int frame_samples_;
};

}  // namespace earshot
