#include "bench/simulator/microphone.h"

#include <algorithm>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr Milliseconds kWarmUp{120};  // audio_service.cc: the codec's input needs it (device-protocol 4.5)
constexpr std::size_t kWakeWordSamples = 32000;  // two seconds, the firmware's ring

}  // namespace

Result<std::unique_ptr<Microphone>> Microphone::create(Agenda& agenda, MicrophoneTape tape,
                                                       Milliseconds frame_time, Handlers handlers) {
  auto live = OpusEncoder::create(device_uplink_opus(static_cast<int>(frame_time.count())));
  if (!live) return live.error();
  auto burst = OpusEncoder::create(device_uplink_opus(static_cast<int>(frame_time.count())));
  if (!burst) return burst.error();
  return std::unique_ptr<Microphone>(new Microphone(agenda, std::move(tape), std::move(*live),
                                                    std::move(*burst), frame_time, std::move(handlers)));
}

Microphone::Microphone(Agenda& agenda, MicrophoneTape tape, OpusEncoder encoder, OpusEncoder burst_encoder,
                       Milliseconds frame_time, Handlers handlers)
    : agenda_(agenda),
      tape_(std::move(tape)),
      encoder_(std::move(encoder)),
      burst_encoder_(std::move(burst_encoder)),
      frame_time_(frame_time),
      frame_samples_(static_cast<std::size_t>(MicrophoneTape::kSampleRateHz * frame_time.count() / 1000)),
      handlers_(std::move(handlers)) {}

void Microphone::on() {
  if (on_) return;
  on_ = true;
  ++generation_;
  encoder_.reset();
  next_frame_ = agenda_.now() + kWarmUp;
  schedule(next_frame_ += frame_time_);
}

void Microphone::off() {
  on_ = false;
  ++generation_;
  tape_.hush();
}

std::vector<Bytes> Microphone::wake_word_burst(const Pcm& word) {
  burst_encoder_.reset();
  const std::size_t voice = std::min(word.samples.size(), kWakeWordSamples);
  std::vector<std::int16_t> ring = tape_.record(kWakeWordSamples - voice).samples;
  tape_.say({word.samples.end() - static_cast<std::ptrdiff_t>(voice), word.samples.end()});
  const auto spoken = tape_.record(voice).samples;
  ring.insert(ring.end(), spoken.begin(), spoken.end());
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at + frame_samples_ <= ring.size(); at += frame_samples_) {
    const auto from = ring.begin() + static_cast<std::ptrdiff_t>(at);
    packets.push_back(encode(burst_encoder_, {from, from + static_cast<std::ptrdiff_t>(frame_samples_)}));
  }
  return packets;
}

void Microphone::schedule(SteadyTime due) {
  agenda_.at(due, [this, generation = generation_] {
    if (generation == generation_) record();
  });
}

void Microphone::record() {
  const MicrophoneTape::Frame frame = tape_.record(frame_samples_);
  schedule(next_frame_ += frame_time_);
  handlers_.frame(encode(encoder_, frame.samples));
  if (frame.speech_ended) handlers_.speech_ended();
}

Bytes Microphone::encode(OpusEncoder& encoder, const std::vector<std::int16_t>& samples) {
  recorded_.samples.insert(recorded_.samples.end(), samples.begin(), samples.end());
  auto packet = encoder.encode(samples);
  return packet ? std::move(*packet) : Bytes{};  // an empty packet is silence to the server (4.5)
}

}  // namespace earshot::simulator
