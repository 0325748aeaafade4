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
using fakes::LeakyRoom;

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

// A board that leaves its echo to the server, loud: rooms, buffers and the place of its frames vary by the seed.
LeakyRoom loud_room(double noise_rms, unsigned seed) {
  return {.leak_db = -10,
          .noise_rms = noise_rms,
          .delay = Milliseconds(300 + seed * 17 % 60),
          .seed = seed,
          .leaves_echo = true,
          .board_buffer = Milliseconds(30 + seed * 7 % 60),
          .reverberation = Milliseconds(20 + seed * 13 % 180)};
}

void count_false_barge_ins(const std::vector<Pcm>& replies, worker::VadProvider& vad, const LeakyRoom& room,
                           Milliseconds time) {
  LeakyDevice device(room, vad);
  Milliseconds played{0};
  for (std::size_t i = 0; played < time; ++i) {
    device.play(replies[i % replies.size()]);
    while (device.playing()) {
      device.run(Milliseconds(60));
      played += Milliseconds(60);
    }
    device.run(kBetweenReplies);
  }
  std::printf(
      "false barge-ins in %4.1f min of leak at %3.0f dB%s, noise rms %3.0f: %d   (learnt loss %.1f dB)\n",
      static_cast<double>(played.count()) / 60'000, room.leak_db,
      room.leaves_echo ? ", removed by the server" : "", room.noise_rms, device.barge_ins(),
      device.learnt_loss_db());
}

double percentile(std::vector<double> values, double of_all) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto index = static_cast<std::size_t>(of_all * static_cast<double>(values.size() - 1) + 0.5);
  return values[index];
}

// `into` the reply, and up to 600 ms more.
void measure_interruptions(const std::vector<Pcm>& replies, worker::VadProvider& vad, double user_db,
                           bool leaves_echo, double noise_rms) {
  const int into = leaves_echo ? 2000 : 900;
  std::vector<Pcm> long_enough = replies;
  std::erase_if(long_enough, [into](const Pcm& reply) {
    return reply.samples.size() / 16 < static_cast<std::size_t>(into) + 1500;
  });
  std::mt19937 random(11);
  std::vector<double> voiced;
  std::vector<double> sound;
  int missed = 0;
  int tried = 0;
  for (const auto speaker : fakes::kSpeakers) {
    for (const char* text : bench::kInterruptions) {
      const Pcm words = fakes::at_level(fakes::say(speaker, text), user_db);
      const Milliseconds onset = fakes::first_voiced_frame(words);
      const auto seed = static_cast<unsigned>(tried);
      LeakyDevice device(
          leaves_echo ? loud_room(noise_rms, seed) : LeakyRoom{.noise_rms = noise_rms, .seed = seed}, vad);
      device.run(Milliseconds(1200));
      device.play(long_enough[static_cast<std::size_t>(tried) % long_enough.size()]);
      device.run(Milliseconds(into + static_cast<int>(random() % 600)));
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
      "%suser at %3.0f dBFS, noise rms %3.0f: %2d interruptions, missed %d; first voiced frame -> barge-in "
      "p50 %3.0f p95 %3.0f max %3.0f ms (from the file's first sample: p50 %.0f p95 %.0f)\n",
      leaves_echo ? "echo at -10 dB removed: " : "", user_db, noise_rms, tried, missed,
      percentile(voiced, 0.5), percentile(voiced, 0.95), percentile(voiced, 1), percentile(sound, 0.5),
      percentile(sound, 0.95));
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
    count_false_barge_ins(replies, *vad, {.leak_db = -20, .noise_rms = noise_rms},
                          Milliseconds(minutes * 60'000));
  }
  for (unsigned seed = 1; seed <= 4; ++seed) {
    count_false_barge_ins(replies, *vad, loud_room(seed % 2 == 0 ? 5 : 100, seed),
                          Milliseconds(minutes * 60'000));
  }
  count_noises_heard_as_speech(replies, *vad);
  for (const double user_db : {-20.0, -23.0, -26.0}) {
    for (const double noise_rms : {5.0, 100.0}) {
      measure_interruptions(replies, *vad, user_db, false, noise_rms);
      measure_interruptions(replies, *vad, user_db, true, noise_rms);
    }
  }
  return 0;
}
