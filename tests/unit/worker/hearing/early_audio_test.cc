#include "worker/hearing/early_audio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class EarlyAudioTest : public testing::Test {
 protected:
  void packet(Milliseconds arrival) { early_.add({.sequence = ++sequence_, .opus = {1}}, start_ + arrival); }
  // As a microphone sends it, delayed by a jitter that depends on the packet.
  void live(Milliseconds from, int count, Milliseconds jitter = 0ms) {
    for (int i = 0; i < count; ++i) packet(from + 60ms * i + (i % 3 == 1 ? jitter : 0ms));
  }
  void burst(Milliseconds from, int count, Milliseconds apart) {
    for (int i = 0; i < count; ++i) packet(from + apart * i);
  }
  std::vector<int> heard(Milliseconds now) const {
    std::vector<int> out;
    for (const EarlyAudio::Arrived& arrived : early_.heard(start_ + now)) {
      out.push_back(static_cast<int>(arrived.packet.sequence));
    }
    return out;
  }

  EarlyAudio early_{60ms};
  SteadyTime start_{std::chrono::hours(1)};
  std::uint32_t sequence_ = 0;
};

TEST_F(EarlyAudioTest, KeepsWhatCameInRealTime) {
  live(0ms, 4, 50ms);
  EXPECT_THAT(heard(200ms), ElementsAre(1, 2, 3, 4));
}

TEST_F(EarlyAudioTest, KeepsTheLatestHalfSecondOfIt) {
  live(0ms, 14);  // until 780 ms
  EXPECT_THAT(heard(800ms), ElementsAre(6, 7, 8, 9, 10, 11, 12, 13, 14));
  EXPECT_THAT(heard(2000ms), IsEmpty());
}

TEST_F(EarlyAudioTest, LeavesAWakeWordOut) {
  for (const Milliseconds apart : {0ms, 4ms, 20ms}) {
    early_.clear();
    burst(0ms, 33, apart);
    EXPECT_THAT(heard(apart * 33 + 10ms), IsEmpty()) << apart.count();
  }
}

TEST_F(EarlyAudioTest, KeepsWhatIsLiveBehindAWakeWord) {
  burst(0ms, 33, 4ms);
  live(180ms, 4);
  EXPECT_THAT(heard(400ms), ElementsAre(34, 35, 36, 37));
}

TEST_F(EarlyAudioTest, AStallOfTheNetworkIsNoWakeWord) {
  live(0ms, 2);
  burst(360ms, 5, 1ms);  // due at 120 to 360 ms
  live(420ms, 1);
  EXPECT_THAT(heard(450ms), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(EarlyAudioTest, SilenceThatIsNotSentMakesNoWakeWord) {
  live(0ms, 3);
  live(400ms, 2);
  EXPECT_THAT(heard(480ms), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(EarlyAudioTest, IsBoundedWhateverComes) {
  burst(0ms, 10'000, 0ms);
  early_.add({.sequence = 0xffffffff, .opus = {}}, start_);
  early_.add({.sequence = 0, .opus = {}}, start_ - 1h);
  EXPECT_THAT(early_.heard(start_), SizeIs(testing::Le(EarlyAudio::kMaxPackets)));
}

}  // namespace
}  // namespace earshot::worker
