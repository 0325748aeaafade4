#include "common/tls/expiry_warning.h"

#include <gtest/gtest.h>

namespace earshot::tls {
namespace {

using namespace std::chrono_literals;

const WallTime kUntil = WallTime(1'900'000'000s);
const SteadyTime kStart = SteadyTime(5000s);

TEST(ExpiryWarning, IsSilentWhileThereIsTime) {
  ExpiryWarning warning(kUntil);
  EXPECT_FALSE(warning.due(kStart, kUntil - 31 * 24h));
}

TEST(ExpiryWarning, IsGivenAtOnceAndOnceADay) {
  ExpiryWarning warning(kUntil);
  EXPECT_EQ(warning.due(kStart, kUntil - 10 * 24h), 10);
  EXPECT_FALSE(warning.due(kStart + 23h, kUntil - 10 * 24h + 23h));
  EXPECT_EQ(warning.due(kStart + 24h, kUntil - 9 * 24h), 9);
}

// A worker runs for months.
TEST(ExpiryWarning, IsGivenOnceTheTimeHasCome) {
  ExpiryWarning warning(kUntil);
  EXPECT_FALSE(warning.due(kStart, kUntil - 40 * 24h));
  EXPECT_EQ(warning.due(kStart + 10 * 24h, kUntil - 30 * 24h), 30);
}

TEST(ExpiryWarning, GoesOnAfterTheEnd) {
  ExpiryWarning warning(kUntil);
  EXPECT_EQ(warning.due(kStart, kUntil + 2 * 24h), -2);
}

TEST(ExpiryWarning, WithoutACertificateThereIsNone) {
  EXPECT_FALSE(ExpiryWarning(std::nullopt).due(kStart, kUntil));
}

}  // namespace
}  // namespace earshot::tls
