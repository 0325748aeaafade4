#include "gateway/shard/deadline_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace earshot::gateway {
namespace {

constexpr SteadyTime kStart{};
SteadyTime at(int ms) {
  return kStart + Milliseconds(ms);
}

TEST(DeadlineQueue, GivesWhatIsDueInOrder) {
  DeadlineQueue queue;
  queue.set(Ssrc{1}, at(30));
  queue.set(Ssrc{2}, at(10));
  queue.set(Ssrc{3}, at(20));
  EXPECT_EQ(queue.earliest(), at(10));
  EXPECT_EQ(queue.pop_due(at(5)), std::nullopt);
  EXPECT_EQ(queue.pop_due(at(20)), Ssrc{2});
  EXPECT_EQ(queue.pop_due(at(20)), Ssrc{3});
  EXPECT_EQ(queue.pop_due(at(20)), std::nullopt);
  EXPECT_EQ(queue.size(), 1U);
}

TEST(DeadlineQueue, MovesAndRemovesDeadlines) {
  DeadlineQueue queue;
  queue.set(Ssrc{1}, at(30));
  queue.set(Ssrc{2}, at(40));
  queue.set(Ssrc{2}, at(10));
  EXPECT_EQ(queue.earliest(), at(10));
  queue.set(Ssrc{2}, at(50));
  EXPECT_EQ(queue.earliest(), at(30));
  queue.set(Ssrc{1}, std::nullopt);
  queue.set(Ssrc{9}, std::nullopt);
  EXPECT_EQ(queue.earliest(), at(50));
  EXPECT_EQ(queue.size(), 1U);
}

TEST(DeadlineQueue, AgreesWithASortedMapOverManyRandomChanges) {
  std::mt19937 random(42);
  DeadlineQueue queue;
  std::map<std::uint32_t, SteadyTime> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto session = static_cast<std::uint32_t>(random() % 200 + 1);
    if (random() % 4 == 0) {
      queue.set(Ssrc{session}, std::nullopt);
      model.erase(session);
    } else {
      const SteadyTime when = at(static_cast<int>(random() % 5000));
      queue.set(Ssrc{session}, when);
      model[session] = when;
    }
    if (random() % 16 == 0) {
      const SteadyTime now = at(static_cast<int>(random() % 1000));
      SteadyTime last{};
      while (const auto due = queue.pop_due(now)) {
        const auto found = model.find(number(*due));
        ASSERT_NE(found, model.end());
        ASSERT_LE(found->second, now);
        ASSERT_GE(found->second, last);
        last = found->second;
        model.erase(found);
      }
    }
    ASSERT_EQ(queue.size(), model.size());
    const auto earliest = std::min_element(model.begin(), model.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
    ASSERT_EQ(queue.earliest(),
              earliest == model.end() ? std::nullopt : std::optional<SteadyTime>(earliest->second));
  }
}

}  // namespace
}  // namespace earshot::gateway
