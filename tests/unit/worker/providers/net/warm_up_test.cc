#include "worker/providers/net/warm_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr SteadyTime kNow{std::chrono::hours(1)};

TEST(WarmUp, OpensWhatTheFirstTurnNeedsWhenASessionBegins) {
  WarmUp warm_up;
  warm_up.add("https://llm");
  warm_up.add("https://tts");
  EXPECT_THAT(warm_up.due(kNow), ElementsAre("https://llm", "https://tts"));
}

TEST(WarmUp, ManySessionsAtOnceCostOneRequestEach) {
  WarmUp warm_up;
  warm_up.add("https://llm");
  EXPECT_THAT(warm_up.due(kNow), ElementsAre("https://llm"));
  EXPECT_THAT(warm_up.due(kNow + 1ms), IsEmpty());
  EXPECT_THAT(warm_up.due(kNow + WarmUp::kInterval - 1ms), IsEmpty());
  EXPECT_THAT(warm_up.due(kNow + WarmUp::kInterval), ElementsAre("https://llm"));
}

}  // namespace
}  // namespace earshot::worker
