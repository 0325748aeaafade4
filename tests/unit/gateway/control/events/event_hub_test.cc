#include "gateway/control/events/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;

class EventHubTest : public ::testing::Test {
 protected:
  EventHub::Listener into(std::vector<std::uint64_t>& ids) {
    return [&ids](const Event& event) { ids.push_back(event.id); };
  }
  void publish() { hub_.publish("online", *DeviceId::parse("aa:bb:cc:dd:ee:01"), {{"n", 1}}); }

  fakes::ManualClock clock_;
  EventHub hub_{clock_};
};

TEST_F(EventHubTest, TellsEverySubscriberInTheOrderOfPublishing) {
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  hub_.subscribe(into(first));
  publish();
  hub_.subscribe(into(second));
  publish();
  EXPECT_THAT(first, ElementsAre(1U, 2U));
  EXPECT_THAT(second, ElementsAre(2U));
}

TEST_F(EventHubTest, ReplaysWhatALateSubscriberMissed) {
  for (int i = 0; i < 3; ++i) publish();
  std::vector<std::uint64_t> missed;
  hub_.replay(1, into(missed));
  EXPECT_THAT(missed, ElementsAre(2U, 3U));
}

TEST_F(EventHubTest, KeepsNoMoreThanItPromises) {
  for (std::size_t i = 0; i < EventHub::kKept + 5; ++i) publish();
  std::vector<std::uint64_t> kept;
  hub_.replay(0, into(kept));
  EXPECT_EQ(kept.size(), EventHub::kKept);
  EXPECT_EQ(kept.front(), 6U);
}

TEST_F(EventHubTest, ASubscriberMayLeaveFromInsideACall) {
  std::vector<std::uint64_t> others;
  EventHub::Subscription own = 0;
  own = hub_.subscribe([&](const Event&) { hub_.unsubscribe(own); });
  hub_.subscribe(into(others));
  publish();
  publish();
  EXPECT_EQ(hub_.subscribers(), 1U);
  EXPECT_THAT(others, ElementsAre(1U, 2U));
}

TEST_F(EventHubTest, ASubscriberThatAnotherOneSentAwayIsToldNoMore) {
  std::vector<std::uint64_t> victim;
  EventHub::Subscription id = 0;
  hub_.subscribe([&](const Event&) { hub_.unsubscribe(id); });
  id = hub_.subscribe(into(victim));
  publish();
  EXPECT_TRUE(victim.empty());
}

TEST_F(EventHubTest, AnEventPublishedFromAListenerComesAfterIt) {
  std::vector<std::uint64_t> ids;
  hub_.subscribe([&](const Event& event) {
    ids.push_back(event.id);
    if (event.id == 1) publish();
  });
  publish();
  EXPECT_THAT(ids, ElementsAre(1U, 2U));
}

}  // namespace
}  // namespace earshot::gateway
