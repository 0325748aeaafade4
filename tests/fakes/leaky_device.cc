#include "tests/fakes/leaky_device.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "common/audio/opus_decoder.h"
#include "worker/hearing/speech_level.h"
#include "worker/providers/aec/webrtc_echo_canceller.h"

namespace earshot::fakes {

namespace {

constexpr int kDeviceRateHz = worker::kVadSampleRateHz;
constexpr int kPacketMs = 60;
constexpr std::size_t kPacketSamples = kDeviceRateHz / 1000 * kPacketMs;
constexpr double kPauseBelowLoudestDb = 25;
constexpr double kVoicedBelowLoudestDb = 20;
constexpr double kPeriodic = 0.6;

std::size_t samples_in(Milliseconds time) {
  return static_cast<std::size_t>(time.count()) * kDeviceRateHz / 1000;
}

std::span<const std::int16_t> frame_at(const Pcm& speech, std::size_t frame) {
  return std::span(speech.samples).subspan(frame * worker::kVadFrameSamples, worker::kVadFrameSamples);
}

std::vector<Bytes> downlink_packets(worker::DownlinkEncoder& encoder, const Pcm& reply) {
  std::vector<Bytes> packets = encoder.add(reply).value();
  std::vector<Bytes> rest = encoder.finish_sentence().value();
  std::ranges::move(rest, std::back_inserter(packets));
  return packets;
}

// What the device's decoder makes of a reply.
Pcm through_downlink(const std::vector<Bytes>& packets) {
  auto decoder = OpusDecoder::create(kDeviceRateHz, kPacketMs).value();
  Pcm played{.samples = {}, .sample_rate_hz = kDeviceRateHz};
  for (const Bytes& packet : packets) {
    const Pcm frame = decoder.decode(packet).value();
    played.samples.insert(played.samples.end(), frame.samples.begin(), frame.samples.end());
  }
  return played;
}

// The best match of 20 ms with what comes one period of 60 to 400 Hz later: 1 is a pure tone.
// REQUIRES: two frames.
double periodicity(std::span<const std::int16_t> speech) {
  double best = 0;
  for (std::size_t lag = kDeviceRateHz / 400; lag <= kDeviceRateHz / 60; ++lag) {
    double product = 0;
    double here = 1;
    double there = 1;
    for (std::size_t i = 0; i < worker::kVadFrameSamples; ++i) {
      const double a = speech[i];
      const double b = speech[i + lag];
      product += a * b;
      here += a * a;
      there += b * b;
    }
    best = std::max(best, product / std::sqrt(here * there));
  }
  return best;
}

// Direct sound, and one reflection each millisecond, which decay. The energy is the leak's.
std::vector<Reflection> response_of(const LeakyRoom& room) {
  std::mt19937 random(room.seed);
  std::normal_distribution<double> strength(0, 0.5);
  std::uniform_int_distribution<std::size_t> within(0, samples_in(Milliseconds{1}) - 1);
  std::vector<Reflection> response{{.delay = 0, .gain = 1}};
  for (Milliseconds at{1}; at < room.reverberation; ++at) {
    const double decay = static_cast<double>(at.count()) / static_cast<double>(room.reverberation.count());
    response.push_back(
        {.delay = samples_in(at) + within(random), .gain = strength(random) * std::pow(10, -3 * decay)});
  }
  double energy = 0;
  for (const Reflection& reflection : response) energy += reflection.gain * reflection.gain;
  for (Reflection& reflection : response)
    reflection.gain *= std::pow(10, room.leak_db / 20) / std::sqrt(energy);
  return response;
}

std::int16_t take(std::deque<std::int16_t>& from) {
  if (from.empty()) return 0;
  const std::int16_t sample = from.front();
  from.pop_front();
  return sample;
}

}  // namespace

Pcm at_level(Pcm speech, double dbfs) {
  std::vector<double> levels;
  for (std::size_t i = 0; i < speech.samples.size() / worker::kVadFrameSamples; ++i) {
    levels.push_back(worker::level_db(frame_at(speech, i)));
  }
  if (levels.empty()) return speech;
  const double quietest = *std::ranges::max_element(levels) - kPauseBelowLoudestDb;
  double sum = 0;
  int frames = 0;
  for (const double level : levels) {
    if (level < quietest) continue;
    sum += std::pow(10, level / 10);
    ++frames;
  }
  const double gain = std::pow(10, (dbfs - 10 * std::log10(sum / frames)) / 20);
  for (std::int16_t& sample : speech.samples) {
    sample = static_cast<std::int16_t>(std::clamp(sample * gain, -32768.0, 32767.0));
  }
  return speech;
}

Milliseconds first_voiced_frame(const Pcm& speech) {
  const std::size_t frames = speech.samples.size() / worker::kVadFrameSamples;
  double loudest = worker::kSilenceDb;
  for (std::size_t i = 0; i < frames; ++i) loudest = std::max(loudest, worker::level_db(frame_at(speech, i)));
  for (std::size_t i = 0; i + 1 < frames; ++i) {
    if (worker::level_db(frame_at(speech, i)) < loudest - kVoicedBelowLoudestDb) continue;
    if (periodicity(std::span(speech.samples).subspan(i * worker::kVadFrameSamples)) >= kPeriodic) {
      return Milliseconds(i * worker::kVadFrameMs);
    }
  }
  return Milliseconds::max();
}

LeakyDevice::LeakyDevice(const LeakyRoom& room, worker::VadProvider& vad)
    : room_(room),
      room_response_(response_of(room)),
      random_(room.seed),
      noise_(0, room.noise_rms),
      downlink_(worker::DownlinkEncoder::create(24'000, kPacketMs).value()),
      uplink_(OpusEncoder::create(device_uplink_opus(kPacketMs)).value()),
      capture_({.endpoint = {},
                .packet_ms = kPacketMs,
                .device_leaves_echo = room.leaves_echo,
                .make_echo_canceller = worker::make_webrtc_echo_canceller,
                .language = "en-US"},
               OpusDecoder::create(kDeviceRateHz, kPacketMs).value(), vad.create(), asr_, clock_,
               io_.get_executor(), handlers()),
      played_(room_response_.back().delay + 1) {
  capture_.listen(1, worker::ListenMode::kRealtime, clock_.now());
}

worker::SpeechCaptureHandlers LeakyDevice::handlers() {
  worker::SpeechCaptureHandlers handlers;
  handlers.on_barge_in = [this](worker::UtteranceId) {
    if (!playing_) return;
    ++barge_ins_;
    if (speaks_since_) reaction_ = std::chrono::duration_cast<Milliseconds>(clock_.now() - *speaks_since_);
    playing_ = false;
    loudspeaker_.clear();
    frames_left_ = 0;
    capture_.reply_ended(true, clock_.now());
  };
  handlers.on_end = [](worker::UtteranceId, worker::UtteranceEnd) {};
  handlers.on_transcript = [](worker::UtteranceId, const Result<worker::Transcript>&) {};
  return handlers;
}

void LeakyDevice::play(const Pcm& reply) {
  worker::SpeechLevel level;
  level.add(reply.samples, reply.sample_rate_hz);
  capture_.reply_begins(clock_.now());
  capture_.reply_level(level.loudest_db());
  const std::vector<Bytes> packets = downlink_packets(downlink_, reply);
  turn_ = next(turn_);
  for (const Bytes& packet : packets) capture_.reply_audio(turn_, packet);
  next_timestamp_ += kPacketMs * static_cast<std::uint32_t>(frames_left_ + 1);
  capture_.reply_plays(turn_, next_timestamp_);
  frames_left_ = static_cast<int>(packets.size());
  // A board names a frame when it has handed all of it over.
  next_frame_ = static_cast<std::int64_t>(samples_in(room_.delay - room_.board_buffer) + kPacketSamples);
  const Pcm played = through_downlink(packets);
  loudspeaker_.assign(samples_in(room_.delay), 0);
  loudspeaker_.insert(loudspeaker_.end(), played.samples.begin(), played.samples.end());
  playing_ = true;
}

void LeakyDevice::speak(const Pcm& speech, Milliseconds in) {
  voice_.assign(samples_in(in), 0);
  voice_.insert(voice_.end(), speech.samples.begin(), speech.samples.end());
  speaks_since_ = clock_.now() + in;
  reaction_.reset();
}

void LeakyDevice::run(Milliseconds time) {
  for (Milliseconds done{0}; done < time; done += Milliseconds(kPacketMs)) packet();
}

void LeakyDevice::packet() {
  std::vector<std::int16_t> microphone(kPacketSamples);
  for (std::int16_t& sample : microphone) {
    const double pressure = echo_of(take(loudspeaker_)) + take(voice_) + noise_(random_);
    sample = static_cast<std::int16_t>(std::clamp(pressure, -32768.0, 32767.0));
  }
  clock_.advance(Milliseconds(kPacketMs));  // a packet leaves when its last sample was taken
  capture_.packet(
      {.sequence = ++sequence_, .opus = uplink_.encode(microphone).value(), .timestamp = take_timestamp()},
      clock_.now());
  io_.restart();
  io_.poll();
  if (!playing_ || !loudspeaker_.empty()) return;
  playing_ = false;
  capture_.reply_ended(false, clock_.now());
}

double LeakyDevice::echo_of(std::int16_t played) {
  played_at_ = (played_at_ + 1) % played_.size();
  played_[played_at_] = played;
  double sum = 0;
  for (const Reflection& reflection : room_response_) {
    sum += played_[(played_at_ + played_.size() - reflection.delay) % played_.size()] * reflection.gain;
  }
  return sum;
}

// As the firmware does (audio_service.cc, PushTaskToEncodeQueue): the oldest that was handed over when the packet is
// complete, and 0 when more than three are.
std::uint32_t LeakyDevice::take_timestamp() {
  next_frame_ -= static_cast<std::int64_t>(kPacketSamples);
  while (frames_left_ > 0 && next_frame_ <= 0) {
    told_.push_back(next_timestamp_);
    next_timestamp_ += kPacketMs;
    --frames_left_;
    next_frame_ += static_cast<std::int64_t>(kPacketSamples);
  }
  if (told_.empty()) return 0;
  const std::uint32_t timestamp = told_.size() <= 3 ? told_.front() : 0;
  told_.pop_front();
  return room_.leaves_echo && room_.tells_timestamps ? timestamp : 0;
}

}  // namespace earshot::fakes
