// earshot-bench-opus FOLDER: says the same sentences in seven synthetic voices and codes them in several ways.
// Writes what went in and what a device hears as 24 kHz WAV files, and costs.csv: way, voice, us of CPU a
// frame, bytes a frame, file. The first way is how it was coded until November 2026, `now` is what a worker does.
#include <time.h>

#include <cstdio>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/audio/opus_decoder.h"
#include "common/audio/opus_encoder.h"
#include "common/audio/resampler.h"
#include "common/audio/wav.h"
#include "tests/fakes/speech_maker.h"
#include "worker/speaking/downlink_encoder.h"

namespace earshot {
namespace {

using Band = OpusEncoderConfig::Band;

constexpr int kDeviceHz = 24000;
constexpr int kFrameMs = 60;
constexpr const char* kSentences[] = {
    "The weather in Berlin is mostly cloudy today, with a high of twelve degrees and a light wind.",
    "Sure! First boil the water, then add the salt, and after ten minutes take the pasta out.",
    "She sells sea shells by the sea shore, and fresh fish for sixty six cents."};

struct Way {
  const char* name;
  OpusEffort effort;  // of kNow: what a worker decides
};
constexpr std::string_view kNow = "now";
constexpr Way kWays[] = {{"before", {Band::kAll, 5, 28000}},  {"now", {}},
                         {"wide5", {Band::kWide, 5, 28000}},  {"wide3", {Band::kWide, 3, 28000}},
                         {"wide2", {Band::kWide, 2, 28000}},  {"wide1", {Band::kWide, 1, 28000}},
                         {"wide1+", {Band::kWide, 1, 32000}}, {"wide0+", {Band::kWide, 0, 32000}},
                         {"all3", {Band::kAll, 3, 28000}},    {"all1", {Band::kAll, 1, 28000}}};

double cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

Pcm sentences(fakes::Speaker speaker) {
  Pcm all{.samples = {}, .sample_rate_hz = kDeviceHz};
  for (const char* text : kSentences) {
    const Pcm said = resample(fakes::say_at_own_rate(speaker, text), kDeviceHz).value();
    all.samples.insert(all.samples.end(), said.samples.begin(), said.samples.end());
    all.samples.resize(all.samples.size() + kDeviceHz / 2);
  }
  const std::size_t frame = kDeviceHz / 1000 * kFrameMs;
  all.samples.resize(all.samples.size() / frame * frame);
  return all;
}

std::vector<Bytes> code(const Pcm& pcm, const Way& way) {
  if (way.name == kNow) {
    auto encoder = worker::DownlinkEncoder::create(kDeviceHz, kFrameMs).value();
    return encoder.add(pcm).value();
  }
  auto encoder = OpusEncoder::create(downlink_opus(kDeviceHz, kFrameMs)).value();
  encoder.set_effort(way.effort);
  const auto frame = static_cast<std::size_t>(encoder.frame_samples());
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at + frame <= pcm.samples.size(); at += frame)
    packets.push_back(encoder.encode(std::span(pcm.samples).subspan(at, frame)).value());
  return packets;
}

int run(const std::string& folder) {
  std::string costs = "way,voice,us,bytes,file\n";
  for (const fakes::Speaker speaker : fakes::kSpeakers) {
    const std::string voice(fakes::name(speaker));
    const Pcm said = sentences(speaker);
    bool written = write_wav_file(folder + "/" + voice + ".wav", said).ok();
    for (const Way& way : kWays) {
      const double began = cpu_us();
      const std::vector<Bytes> packets = code(said, way);
      const double took = cpu_us() - began;
      auto decoder = OpusDecoder::create(kDeviceHz, kFrameMs).value();
      Pcm heard{.samples = {}, .sample_rate_hz = kDeviceHz};
      std::size_t bytes = 0;
      for (const Bytes& packet : packets) {
        const Pcm frame = decoder.decode(packet).value();
        heard.samples.insert(heard.samples.end(), frame.samples.begin(), frame.samples.end());
        bytes += packet.size();
      }
      const std::string file = voice + "." + way.name + ".wav";
      written = written && write_wav_file(folder + "/" + file, heard).ok();
      const auto frames = static_cast<double>(packets.size());
      char line[160];
      std::snprintf(line, sizeof line, "%s,%s,%.1f,%.1f,%s\n", way.name, voice.c_str(), took / frames,
                    static_cast<double>(bytes) / frames, file.c_str());
      costs += line;
    }
    if (!written) return 1;
  }
  std::FILE* out = std::fopen((folder + "/costs.csv").c_str(), "w");
  if (out == nullptr) return 1;
  std::fputs(costs.c_str(), out);
  return std::fclose(out) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace earshot

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: earshot-bench-opus FOLDER\n");
    return 64;
  }
  return earshot::run(argv[1]);
}
