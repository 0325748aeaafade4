// A user against the device's own voice: synthetic speakers, real Opus, real voice activity detection,
// virtual time. bench/barge_in is the long run of the same.
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

constexpr double kReplyDb = -20;

class BargeInTest : public testing::Test {
 protected:
  static std::vector<Pcm> replies() {
    std::vector<Pcm> spoken;
    for (const auto speaker : {Speaker::kSlt, Speaker::kRms, Speaker::kEspeakUsFemale}) {
      for (const char* text :
           {"The weather is mostly cloudy today, with a high of twelve degrees and a light wind from the "
            "west.",
            "No problem! What else can I do for you?",
            "Whales are mammals: they breathe air, and they feed their young with milk."}) {
        spoken.push_back(fakes::at_level(fakes::say(speaker, text), kReplyDb));
      }
    }
    return spoken;
  }
  // RETURNS: whole replies, at least so long together.
  Milliseconds play(LeakyDevice& device, Milliseconds time) {
    Milliseconds played{0};
    for (std::size_t i = 0; played < time; ++i) {
      device.play(replies_[i % replies_.size()]);
      for (; device.playing(); played += 60ms) device.run(60ms);
      device.run(600ms);
    }
    return played;
  }

  std::unique_ptr<VadProvider> vad_ = make_embedded_vad({}).value();
  std::vector<Pcm> replies_ = replies();
};

TEST_F(BargeInTest, TheDeviceDoesNotInterruptItself) {
  for (const double noise_rms : {5.0, 100.0}) {
    LeakyDevice device({.leak_db = -20, .noise_rms = noise_rms}, *vad_);
    play(device, 60s);
    EXPECT_EQ(device.barge_ins(), 0) << noise_rms;
  }
}

TEST_F(BargeInTest, LearnsHowMuchTheDeviceLeaks) {
  LeakyDevice device({.leak_db = -32}, *vad_);
  play(device, 40s);
  EXPECT_NEAR(device.learnt_loss_db(), 32, 3);
  EXPECT_EQ(device.barge_ins(), 0);
}

TEST_F(BargeInTest, AUserInterruptsWithin180Milliseconds) {
  std::vector<Milliseconds> reactions;
  unsigned tried = 0;
  for (const auto speaker : fakes::kSpeakers) {
    for (const char* text : {"No, wait a moment", "Turn off the light", "Actually, I meant Paris"}) {
      for (const double level_db : {-20.0, -26.0}) {
        const Pcm words = fakes::at_level(fakes::say(speaker, text), level_db);
        LeakyDevice device({.noise_rms = 20, .seed = tried}, *vad_);
        device.run(1200ms);
        device.play(replies_[tried % replies_.size()]);
        device.run(1200ms);
        device.speak(words, Milliseconds(tried * 17 % 60));
        device.run(1200ms);
        ++tried;
        ASSERT_TRUE(device.reaction()) << name(speaker) << ": " << text;
        reactions.push_back(*device.reaction() - fakes::first_voiced_frame(words));
      }
    }
  }
  ASSERT_GE(reactions.size(), 30U);
  std::ranges::sort(reactions);
  EXPECT_LE(reactions[reactions.size() * 95 / 100], 180ms) << "of " << reactions.size();
  RecordProperty("p95_ms", static_cast<int>(reactions[reactions.size() * 95 / 100].count()));
}

TEST_F(BargeInTest, TheRecogniserHearsTheInterruptionFromItsBeginning) {
  LeakyDevice device({}, *vad_);
  device.run(1200ms);
  device.play(replies_[0]);
  device.run(1200ms);
  device.speak(fakes::at_level(fakes::say(Speaker::kSlt, "Turn off the light"), -23), 0ms);
  while (!device.reaction()) device.run(60ms);
  EXPECT_GE(device.recognised_samples(), static_cast<std::size_t>(device.reaction()->count()) * 16)
      << "what came before the decision is in the pre-roll";
}

}  // namespace
}  // namespace earshot::worker
