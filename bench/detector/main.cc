// earshot-bench-detector MODELS_DIR [STREAMS]: the detector that `local` is with a models folder beside the one that
// it is without: share of a core and memory for so many conversations at once, and what each takes for speech.
//
// One thread, packets of 60 ms, in the order in which they would come; no clock but that of the processor. All
// conversations are in speech without a pause.
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/noise_maker.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::bench {
namespace {

using worker::kVadFrameSamples;
using worker::Vad;
using worker::VadProvider;

constexpr std::size_t kPacket = 3 * kVadFrameSamples;  // 60 ms
constexpr double kPacketSeconds = 0.06;
constexpr double kSeconds = 20;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::vector<std::int16_t> talk() {
  std::vector<std::int16_t> all;
  for (const fakes::Speaker speaker :
       {fakes::Speaker::kSlt, fakes::Speaker::kRms, fakes::Speaker::kEspeakUs}) {
    const Pcm said = fakes::say(speaker, "we went down to the river in the morning and looked for the boat");
    all.insert(all.end(), said.samples.begin(), said.samples.end());
  }
  return all;
}

struct Cost {
  double core = 0;  // 1: all of one
  double mb = 0;
};

Cost cost_of(VadProvider& provider, int streams, const std::vector<std::int16_t>& audio) {
  const double before_mb = resident_mb();
  std::vector<std::unique_ptr<Vad>> vads;
  for (int i = 0; i < streams; ++i) vads.push_back(provider.create());
  const std::size_t packets = audio.size() / kPacket;
  const double before = processor_seconds();
  std::size_t step = 0;
  for (double at = 0; at < kSeconds; at += kPacketSeconds, ++step) {
    for (std::size_t i = 0; i < vads.size(); ++i) {
      const std::size_t packet = (step + 17 * i) % packets;  // nobody says the same at once
      for (std::size_t frame = 0; frame < kPacket; frame += kVadFrameSamples) {
        vads[i]->is_speech(std::span(audio).subspan(packet * kPacket + frame, kVadFrameSamples));
      }
    }
  }
  return {.core = (processor_seconds() - before) / kSeconds, .mb = resident_mb() - before_mb};
}

double share_of_speech(VadProvider& provider, const Pcm& pcm) {
  const auto vad = provider.create();
  int speech = 0;
  int frames = 0;
  for (std::size_t at = 0; at + kVadFrameSamples <= pcm.samples.size(); at += kVadFrameSamples, ++frames) {
    speech += vad->is_speech(std::span(pcm.samples).subspan(at, kVadFrameSamples));
  }
  return static_cast<double>(speech) / frames;
}

int run(const std::string& models_dir, int streams) {
  worker::VadSettings settings;
  settings.detectors = streams;
  const auto talking = talk();
  const auto plain = worker::make_vad(settings, "").value();
  const double before_mb = resident_mb();
  const auto local = worker::make_vad(settings, models_dir).value();
  const double model_mb = resident_mb() - before_mb;

  std::printf("\n%d conversations, %.0f s each; the model takes %.1f MB\n\n", streams, kSeconds, model_mb);
  std::printf("| all together     | with models     | without         | ratio |\n");
  std::printf("|------------------|-----------------|-----------------|-------|\n");
  const Cost with = cost_of(*local, streams, talking);
  const Cost without = cost_of(*plain, streams, talking);
  std::printf("| of a core        | %13.1f %% | %13.1f %% | %5.1f |\n", 100 * with.core, 100 * without.core,
              with.core / without.core);
  std::printf("| of memory        | %12.1f MB | %12.1f MB |       |\n", with.mb, without.mb);
  std::printf(
      "\n| taken for speech | with models | without |\n|------------------|-------------|---------|\n");
  for (const fakes::RoomSound sound : fakes::kRoomSounds) {
    const Pcm room = fakes::room_sound(sound, 30, 3);
    std::printf("| %-16s | %9.1f %% | %5.1f %% |\n", std::string(fakes::name(sound)).c_str(),
                100 * share_of_speech(*local, room), 100 * share_of_speech(*plain, room));
  }
  const Pcm voice{.samples = talking, .sample_rate_hz = worker::kVadSampleRateHz};
  std::printf("| %-16s | %9.1f %% | %5.1f %% |\n", "three voices", 100 * share_of_speech(*local, voice),
              100 * share_of_speech(*plain, voice));
  return 0;
}

}  // namespace
}  // namespace earshot::bench

int main(int argc, char** argv) {
  const std::string streams = argc > 2 ? argv[2] : "200";
  int count = 0;
  std::from_chars(streams.data(), streams.data() + streams.size(), count);
  if (argc < 2 || argc > 3 || count < 1 || count > 10'000) {
    std::fprintf(stderr, "usage: earshot-bench-detector MODELS_DIR [STREAMS]\n");
    return 2;
  }
  return earshot::bench::run(argv[1], count);
}
