#include "worker/stages/voiceprint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace earshot::worker {
namespace {

// Of length 1, in the plane of two numbers.
Voiceprint at_degrees(double degrees) {
  Voiceprint print{};
  print[3] = static_cast<float>(std::cos(degrees / 57.29578));
  print[200] = static_cast<float>(std::sin(degrees / 57.29578));
  return print;
}

TEST(Voiceprint, IsOfOnePersonUpToTheThreshold) {
  EXPECT_NEAR(similarity(at_degrees(0), at_degrees(60)), 0.5, 1e-5);
  EXPECT_TRUE(verify(at_degrees(0), at_degrees(48)));   // 0.669
  EXPECT_FALSE(verify(at_degrees(0), at_degrees(49)));  // 0.656
  EXPECT_FALSE(verify(at_degrees(0), Voiceprint{}));
}

TEST(Voiceprint, IsEnrolledAsTheMeanOfItsSentences) {
  const std::vector<Voiceprint> sentences{at_degrees(10), at_degrees(30)};
  const auto mean = enrol(sentences);
  ASSERT_TRUE(mean.ok()) << mean.error().message;
  EXPECT_NEAR(similarity(*mean, at_degrees(20)), 1, 1e-5);
  EXPECT_NEAR(similarity(*mean, *mean), 1, 1e-5);
  const std::vector<Voiceprint> one{at_degrees(7)};
  EXPECT_NEAR(similarity(enrol(one).value(), at_degrees(7)), 1, 1e-5);
}

TEST(Voiceprint, IsNotEnrolledOfSeveralVoicesOrOfNothing) {
  EXPECT_EQ(enrol({}).error().code, ErrorCode::kInvalid);
  for (const double other : {110.0, 180.0}) {
    const std::vector<Voiceprint> two{at_degrees(0), at_degrees(other)};
    EXPECT_EQ(enrol(two).error().code, ErrorCode::kInvalid) << other;
  }
  const std::vector<Voiceprint> a_stranger{at_degrees(0), at_degrees(2), at_degrees(4), at_degrees(75)};
  EXPECT_EQ(enrol(a_stranger).error().code, ErrorCode::kInvalid);
}

TEST(Voiceprint, IsNotEnrolledOfABrokenOne) {
  Voiceprint nothing = at_degrees(0);
  nothing[9] = std::numeric_limits<float>::quiet_NaN();
  Voiceprint endless = at_degrees(0);
  endless[9] = std::numeric_limits<float>::infinity();
  Voiceprint longer = at_degrees(0);
  longer[3] = 2;
  for (const Voiceprint& broken : {nothing, endless, longer, Voiceprint{}}) {
    const std::vector<Voiceprint> sentences{at_degrees(0), broken};
    EXPECT_EQ(enrol(sentences).error().code, ErrorCode::kInvalid);
    EXPECT_FALSE(verify(at_degrees(90), broken));
    EXPECT_FALSE(identify(std::vector{at_degrees(90)}, broken));
  }
}

TEST(Voiceprint, IsIdentifiedAsTheNearestOrAsAStrangers) {
  const std::vector<Voiceprint> known{at_degrees(0), at_degrees(60), at_degrees(170)};
  const auto match = identify(known, at_degrees(40));
  ASSERT_TRUE(match);
  EXPECT_EQ(match->index, 1U);
  EXPECT_NEAR(match->similarity, std::cos(20 / 57.29578), 1e-5);
  EXPECT_FALSE(identify(known, at_degrees(115)));
  EXPECT_FALSE(identify({}, at_degrees(0)));
}

}  // namespace
}  // namespace earshot::worker
