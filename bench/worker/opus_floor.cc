#include "bench/worker/opus_floor.h"

#include <time.h>

#include <span>
#include <vector>

#include "common/audio/opus_decoder.h"
#include "common/audio/opus_encoder.h"
#include "common/audio/voice_band.h"

namespace earshot::bench {

namespace {

constexpr int kHeardRateHz = 16000;
constexpr int kCodedRateHz = 24000;
constexpr std::size_t kVoiceFrame = kCodedRateHz / 1000 * kPacketMs;

double thread_cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Calls `step(conversation, round)` for all conversations, round after round.
// RETURNS: the mean of a step in us; rounds are repeated from the first one on.
template <class Step>
Result<double> mean_us(const OpusFloorPlan& plan, Step step) {
  const double wanted = static_cast<double>(plan.time.count()) * 1000;
  const double began = thread_cpu_us();
  std::size_t steps = 0;
  for (std::size_t round = 0; thread_cpu_us() - began < wanted; ++round) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan.conversations); ++i, ++steps) {
      if (const Status done = step(i, round); !done) return done.error();
    }
  }
  return (thread_cpu_us() - began) / static_cast<double>(steps);
}

Result<double> decode_us(const UserSpeech& speech, const OpusFloorPlan& plan) {
  std::vector<const Bytes*> packets;
  for (const Bytes& packet : speech.speech) packets.push_back(&packet);
  for (std::size_t i = 0; i < plan.silence_packets; ++i)
    packets.push_back(&speech.silence[i % speech.silence.size()]);
  std::vector<OpusDecoder> decoders;
  for (int i = 0; i < plan.conversations; ++i) {
    auto decoder = OpusDecoder::create(kHeardRateHz, kPacketMs);
    if (!decoder) return decoder.error();
    decoders.push_back(std::move(*decoder));
  }
  // Conversations are at different places of their sentences.
  return mean_us(plan, [&](std::size_t i, std::size_t round) -> Status {
    auto pcm = decoders[i].decode(*packets[(round + i) % packets.size()]);
    return pcm ? Status(kDone) : Status(pcm.error());
  });
}

Result<double> encode_us(const Pcm& voice, const OpusFloorPlan& plan, const OpusEffort& effort) {
  const std::size_t frames = voice.samples.size() / kVoiceFrame;
  if (frames == 0 || voice.sample_rate_hz != kCodedRateHz)
    return Error{ErrorCode::kInvalid, "the voice has less than a frame of 24 kHz"};
  std::vector<OpusEncoder> encoders;
  for (int i = 0; i < plan.conversations; ++i) {
    auto encoder = OpusEncoder::create(downlink_opus(kCodedRateHz, kPacketMs));
    if (!encoder) return encoder.error();
    encoder->set_effort(effort);
    encoders.push_back(std::move(*encoder));
  }
  return mean_us(plan, [&](std::size_t i, std::size_t round) -> Status {
    const std::size_t frame = (round + i) % frames;
    auto packet = encoders[i].encode(std::span(voice.samples).subspan(frame * kVoiceFrame, kVoiceFrame));
    return packet ? Status(kDone) : Status(packet.error());
  });
}

}  // namespace

Result<OpusFloor> measure_opus(const UserSpeech& speech, const Pcm& voice, const OpusFloorPlan& plan) {
  const auto decode = decode_us(speech, plan);
  if (!decode) return decode.error();
  const auto encode = encode_us(voice, plan, downlink_effort(band_of(voice)));
  if (!encode) return encode.error();
  const auto all = encode_us(voice, plan, OpusEffort{});
  if (!all) return all.error();
  return OpusFloor{.decode_us = *decode, .encode_us = *encode, .encode_all_us = *all};
}

}  // namespace earshot::bench
