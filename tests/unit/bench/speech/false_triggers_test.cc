#include "bench/speech/false_triggers.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace earshot::bench {
namespace {

// Loud is speech.
class LoudVad final : public worker::Vad {
 public:
  bool is_speech(std::span<const std::int16_t> frame) override {
    return std::ranges::any_of(frame, [](std::int16_t sample) { return sample > 100; });
  }
  void reset() override {}
};

void add(Pcm& sound, int ms, std::int16_t level) {
  sound.samples.insert(sound.samples.end(), static_cast<std::size_t>(ms) * 16, level);
}

TEST(FalseTriggers, CountsUtterancesAsAConversationCutsThem) {
  LoudVad vad;
  Pcm sound;
  add(sound, 1000, 0);
  for (int i = 0; i < 2; ++i) {
    add(sound, 500, 1000);
    add(sound, 1000, 0);
  }
  const Triggers found = count_triggers(vad, sound);
  EXPECT_EQ(found.started, 2);
  EXPECT_EQ(found.ended, 2);
  EXPECT_NEAR(found.speech_seconds, 1, 0.05);
  EXPECT_NEAR(found.seconds, 4, 0.05);
}

TEST(FalseTriggers, TellsAClickFromAnUtterance) {
  LoudVad vad;
  Pcm sound;
  add(sound, 120, 1000);
  add(sound, 1000, 0);
  const Triggers found = count_triggers(vad, sound);
  EXPECT_EQ(found.started, 1);
  EXPECT_EQ(found.ended, 0);
}

}  // namespace
}  // namespace earshot::bench
