// How soon a user interrupts a device that hears itself, and how often the device interrupts itself.
// Synthetic voices, real Opus, real voice activity detection, virtual time.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "bench/barge_in/noises.h"
#include "bench/barge_in/phrases.h"
#include "common/audio/pcm.h"
#include "tests/fakes/leaky_device.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/embedded_vad.h"

namespace earshot {
namespace {

using fakes::LeakyDevice;

constexpr double kReplyDb = -20;
constexpr Milliseconds kBetweenReplies{600};

std::vector<Pcm> make_replies() {
  std::vector<Pcm> replies;
  for (const auto speaker : fakes::kSpeakers) {
    for (const char* text : bench::kReplies)
      replies.push_back(fakes::at_level(fakes::say(speaker, text), kReplyDb));
  }
  std::ranges::shuffle(replies, std::mt19937(7));
  return replies;
}

void count_false_barge_ins(const std::vector<Pcm>& replies, worker::VadProvider& vad, double noise_rms,
                           Milliseconds time) {
  LeakyDevice device({.leak_db = -20, .noise_rms = noise_rms}, vad);
  Milliseconds played{0};
  for (std::size_t i = 0; played < time; ++i) {
    device.play(replies[i % replies.size()]);
    while (device.playing()) {
      device.run(Milliseconds(60));
      played += Milliseconds(60);
    }
    device.run(kBetweenReplies);
  }
  std::printf("false barge-ins in %4.1f min of leak at -20 dB, noise rms %3.0f: %d   (learnt loss %.1f dB)\n",
              static_cast<double>(played.count()) / 60'000, noise_rms, device.barge_ins(),
              device.learnt_loss_db());
}

double percentile(std::vector<double> values, double of_all) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto index = static_cast<std::size_t>(of_all * static_cast<double>(values.size() - 1) + 0.5);
  return values[index];
}

void measure_interruptions(const std::vector<Pcm>& replies, worker::VadProvider& vad, double user_db,
                           double noise_rms) {
  std::mt19937 random(11);
  std::vector<double> voiced;
  std::vector<double> sound;
  int missed = 0;
  int tried = 0;
  for (const auto speaker : fakes::kSpeakers) {
    for (const char* text : bench::kInterruptions) {
      const Pcm words = fakes::at_level(fakes::say(speaker, text), user_db);
      const Milliseconds onset = fakes::first_voiced_frame(words);
      LeakyDevice device({.leak_db = -20, .noise_rms = noise_rms, .seed = static_cast<unsigned>(tried)}, vad);
      device.run(Milliseconds(1200));
      device.play(replies[static_cast<std::size_t>(tried) % replies.size()]);
      device.run(Milliseconds(900 + static_cast<int>(random() % 600)));
      device.speak(words, Milliseconds(random() % 60));
      device.run(Milliseconds(1500));
      ++tried;
      if (!device.reaction()) {
        ++missed;
        continue;
      }
      sound.push_back(static_cast<double>(device.reaction()->count()));
      voiced.push_back(static_cast<double>((*device.reaction() - onset).count()));
    }
  }
  std::printf(
      "user at %3.0f dBFS, noise rms %3.0f: %2d interruptions, missed %d; first voiced frame -> barge-in "
      "p50 %3.0f p95 %3.0f max %3.0f ms (from the file's first sample: p50 %.0f p95 %.0f)\n",
      user_db, noise_rms, tried, missed, percentile(voiced, 0.5), percentile(voiced, 0.95),
      percentile(voiced, 1), percentile(sound, 0.5), percentile(sound, 0.95));
}

// What the ear alone makes of them: each that is heard as speech stops the reply until words come or do not
// come. That it goes on afterwards is the conversation's part: earshot-bench-turn --only noises.
void count_noises_heard_as_speech(const std::vector<Pcm>& replies, worker::VadProvider& vad) {
  constexpr unsigned kOfEach = 10;
  std::mt19937 random(13);
  int all = 0;
  std::printf("noises over a reply that are taken for speech:");
  for (const auto noise : bench::kNoises) {
    int heard = 0;
    for (unsigned seed = 1; seed <= kOfEach; ++seed) {
      LeakyDevice device({.leak_db = -20, .noise_rms = 5, .seed = seed}, vad);
      device.run(Milliseconds(1200));
      device.play(replies[seed % replies.size()]);
      device.run(Milliseconds(900 + static_cast<int>(random() % 600)));
      device.speak(bench::make_noise(noise, seed), Milliseconds(random() % 60));
      device.run(Milliseconds(2000));
      if (device.reaction()) ++heard;
    }
    std::printf("  %s %d of %u", std::string(bench::name(noise)).c_str(), heard, kOfEach);
    all += heard;
  }
  std::printf("  (all: %d of %zu)\n", all, kOfEach * bench::kNoises.size());
}

}  // namespace
}  // namespace earshot

int main(int argc, char** argv) {
  using namespace earshot;
  const int minutes = argc > 1 ? std::atoi(argv[1]) : 10;
  const auto vad = worker::make_embedded_vad({}).value();
  const auto replies = make_replies();
  for (const double noise_rms : {5.0, 100.0}) {
    count_false_barge_ins(replies, *vad, noise_rms, Milliseconds(minutes * 60'000));
  }
  count_noises_heard_as_speech(replies, *vad);
  for (const double user_db : {-20.0, -23.0, -26.0}) {
    for (const double noise_rms : {5.0, 100.0}) measure_interruptions(replies, *vad, user_db, noise_rms);
  }
  return 0;
}
