// Boards that leave their echo to the server, which comes back at -10 dB: synthetic speakers, real Opus, the real
// canceller and voice activity detection, virtual time. bench/barge_in is the long run of the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/fakes/leaky_device.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/embedded_vad.h"

namespace earshot::worker {
namespace {

using fakes::LeakyDevice;
using fakes::LeakyRoom;
using fakes::Speaker;
using namespace std::chrono_literals;

class EchoRemovalTest : public testing::Test {
 protected:
  static std::vector<Pcm> replies() {
    std::vector<Pcm> spoken;
    for (const auto speaker : {Speaker::kSlt, Speaker::kRms, Speaker::kEspeakUsFemale}) {
      for (const char* text :
           {"Once upon a time a king lived by the sea, and he had three daughters, who were all called Anna.",
            "The weather is mostly cloudy today, with a high of twelve degrees and a light wind."}) {
        spoken.push_back(fakes::at_level(fakes::say(speaker, text), -20));
      }
    }
    return spoken;
  }
  static LeakyRoom room(unsigned seed) {
    return {.leak_db = -10,
            .noise_rms = seed % 2 == 0 ? 5.0 : 50.0,
            .delay = 300ms + Milliseconds(seed * 17 % 60),
            .seed = seed,
            .leaves_echo = true,
            .board_buffer = Milliseconds(30 + seed * 7 % 60),
            .reverberation = Milliseconds(20 + seed * 13 % 100)};
  }
  int interruptions(LeakyDevice& device, Milliseconds time) {
    for (std::size_t i = 0; time > 0ms; ++i) {
      device.play(replies_[i % replies_.size()]);
      for (; device.playing(); time -= 60ms) device.run(60ms);
      device.run(600ms);
    }
    return device.barge_ins();
  }

  std::unique_ptr<VadProvider> vad_ = make_embedded_vad({}).value();
  std::vector<Pcm> replies_ = replies();
};

TEST_F(EchoRemovalTest, TheDeviceDoesNotInterruptItself) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    LeakyDevice device(room(seed), *vad_);
    EXPECT_EQ(interruptions(device, 40s), 0) << seed;
  }
}

// Without it the test above would prove nothing.
TEST_F(EchoRemovalTest, WithoutRemovalItDoes) {
  LeakyRoom loud = room(1);
  loud.leaves_echo = false;
  LeakyDevice device(loud, *vad_);
  EXPECT_GT(interruptions(device, 20s), 0);
}

TEST_F(EchoRemovalTest, WithoutTimestampsNobodyIsHeardOverAReply) {
  LeakyRoom silent = room(1);
  silent.tells_timestamps = false;
  LeakyDevice device(silent, *vad_);
  device.run(1200ms);
  device.play(replies_[0]);
  device.speak(fakes::at_level(fakes::say(Speaker::kKal16, "No, wait a moment"), -14), 1500ms);
  device.run(4s);
  EXPECT_FALSE(device.echo_removed());
  EXPECT_EQ(device.barge_ins(), 0);
}

TEST_F(EchoRemovalTest, AUserIsHeardOverTheReplyOnceTheEchoIsGone) {
  std::vector<Milliseconds> reactions;
  unsigned seed = 0;
  for (const auto speaker : fakes::kSpeakers) {
    for (const char* text : {"No, wait a moment", "Turn off the light", "Actually, I meant Paris"}) {
      const Pcm words = fakes::at_level(fakes::say(speaker, text), -20);
      LeakyDevice device(room(++seed), *vad_);
      device.run(1200ms);
      device.play(replies_[seed % replies_.size()]);
      device.run(2400ms);
      EXPECT_TRUE(device.echo_removed()) << seed;
      device.speak(words, Milliseconds(seed * 17 % 60));
      device.run(1500ms);
      if (!device.reaction()) ADD_FAILURE() << name(speaker) << ": " << text;
      if (device.reaction()) reactions.push_back(*device.reaction() - fakes::first_voiced_frame(words));
    }
  }
  ASSERT_FALSE(reactions.empty());
  std::ranges::sort(reactions);
  EXPECT_LE(reactions[reactions.size() / 2], 180ms);
  EXPECT_LE(reactions[reactions.size() * 95 / 100], 330ms);
  RecordProperty("p50_ms", static_cast<int>(reactions[reactions.size() / 2].count()));
  RecordProperty("p95_ms", static_cast<int>(reactions[reactions.size() * 95 / 100].count()));
}

}  // namespace
}  // namespace earshot::worker
