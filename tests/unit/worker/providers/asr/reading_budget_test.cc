#include "worker/providers/asr/reading_budget.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

constexpr std::size_t kSecond = 16000;

// Reads at each pause that the budget allows.
struct Speaker {
  ReadingBudget budget;
  std::size_t heard = 0;
  std::size_t read = 0;
  int readings = 0;

  void pause_after(std::size_t samples) {
    heard += samples;
    if (!budget.allows(heard)) return;
    budget.spend(heard);
    read += heard;
    ++readings;
  }
};

TEST(ReadingBudget, ReadsTheFirstPausesOfAnUtterance) {
  Speaker speaker;
  for (int pause = 1; pause <= 5; ++pause) speaker.pause_after(kSecond);
  EXPECT_EQ(speaker.readings, 5);
}

TEST(ReadingBudget, ReadsNoMoreThanThreeTimesWhatWasHeardHoweverOftenTheSpeakerPauses) {
  for (const std::size_t between : {kSecond / 5, kSecond, 3 * kSecond}) {
    Speaker speaker;
    for (int pause = 0; pause < 300; ++pause) {
      speaker.pause_after(between);
      EXPECT_LE(speaker.read, ReadingBudget::kTimes * speaker.heard);
    }
    EXPECT_GT(speaker.readings, 5) << "it reads on, seldom";
  }
}

TEST(ReadingBudget, ReadsNothingMoreOfWhatDoesNotGrow) {
  Speaker speaker;
  for (int pause = 0; pause < 10; ++pause) speaker.pause_after(pause == 0 ? kSecond : 0);
  EXPECT_EQ(speaker.readings, 3);
}

}  // namespace
}  // namespace earshot::worker
