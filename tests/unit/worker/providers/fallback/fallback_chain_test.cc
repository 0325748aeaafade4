#include "worker/providers/fallback/fallback_chain.h"

#include <gtest/gtest.h>

#include "tests/unit/worker/providers/fallback/hand_stages.h"

namespace earshot::worker {
namespace {

using testing_stages::HandTts;

constexpr FallbackLimits kTimes{.patience = Milliseconds(3000), .longest = Milliseconds(7000)};

std::shared_ptr<ChainEntry<TtsProvider>> entry_of(const std::string& name, Milliseconds own_deadline,
                                                  bool embedded = false) {
  return std::make_shared<ChainEntry<TtsProvider>>(
      NamedProvider<TtsProvider>{.name = name,
                                 .provider = std::make_unique<HandTts>(),
                                 .embedded = embedded,
                                 .own_deadline = own_deadline});
}

class FallbackChainTest : public testing::Test {
 protected:
  FallbackChain<TtsProvider> chain_of(Milliseconds own_deadline) {
    return {"tts",
            {entry_of("first", Milliseconds(60'000)), entry_of("second", own_deadline),
             entry_of("local", Milliseconds(0), true)},
            kTimes,
            clock_};
  }

  SystemClock clock_;
};

TEST_F(FallbackChainTest, AServiceInFrontOfAnotherOneHasThePatience) {
  EXPECT_EQ(chain_of(Milliseconds(5000)).patience(0), Milliseconds(3000));
}

TEST_F(FallbackChainTest, AServiceInFrontOfTheEmbeddedEngineHasItsOwnTimeWithinTheStages) {
  EXPECT_EQ(chain_of(Milliseconds(5000)).patience(1), Milliseconds(5000));
  EXPECT_EQ(chain_of(Milliseconds(20'000)).patience(1), Milliseconds(7000));
  EXPECT_EQ(chain_of(Milliseconds(0)).patience(1), Milliseconds(7000));
}

TEST_F(FallbackChainTest, WithoutAStandInTheLastServiceIsTheLastOne) {
  auto chain = chain_of(Milliseconds(5000));
  EXPECT_FALSE(chain.is_last(1));
  EXPECT_TRUE(chain.is_last(1, false));
  EXPECT_TRUE(chain.stands_in(2));
  EXPECT_EQ(chain.pick(2)->index, 2U);
  EXPECT_FALSE(chain.pick(2, false));
}

TEST_F(FallbackChainTest, AnEmbeddedEngineThatWasChosenStandsInForNobody) {
  FallbackChain<TtsProvider> chain("tts", {entry_of("local", Milliseconds(0), true)}, kTimes, clock_);
  EXPECT_EQ(chain.pick(0, false)->index, 0U);
  EXPECT_FALSE(chain.stands_in(0));
}

}  // namespace
}  // namespace earshot::worker
