#include "gateway/doors/realtime/ephemeral_keys.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};
constexpr std::string_view kRandom = "0123456789abcdef";

TEST(EphemeralKeysTest, AKeyOpensUntilItIsOver) {
  EphemeralKeys keys(Secret("device key"));
  const Secret key =
      keys.make({.caller = "token:a", .session = {{"model", "m"}}}, kNow + std::chrono::seconds(60), kRandom);
  const auto grant = keys.read(key.reveal(), kNow + std::chrono::seconds(59));
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->caller, "token:a");
  EXPECT_EQ(grant->session.at("model"), "m");
  EXPECT_FALSE(keys.read(key.reveal(), kNow + std::chrono::seconds(60)));
}

TEST(EphemeralKeysTest, NoByteOfAKeyCanBeAnother) {
  EphemeralKeys keys(Secret("device key"));
  const Secret key = keys.make({}, kNow + std::chrono::seconds(60), kRandom);
  const std::string text(key.reveal());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(keys.read(other, kNow)) << i;
    EXPECT_FALSE(keys.read(std::string_view(text).substr(0, i), kNow)) << i;
  }
  EXPECT_FALSE(EphemeralKeys(Secret("another")).read(text, kNow));
}

TEST(EphemeralKeysTest, TheLatestKeysOpen) {
  EphemeralKeys keys(Secret("device key"));
  const Secret first =
      keys.make({.caller = "a", .session = {{"model", "m"}}}, kNow + std::chrono::seconds(60), kRandom);
  for (std::size_t i = 0; i < EphemeralKeys::kMaxKept; ++i)
    (void)keys.make({}, kNow + std::chrono::seconds(60), "fedcba9876543210");
  EXPECT_FALSE(keys.read(first.reveal(), kNow));  // else it would open a session without its instructions
}

TEST(EphemeralKeysTest, AKeyOfAnotherGatewayOpensNothingHere) {
  EphemeralKeys keys(Secret("device key"));
  const Secret key = keys.make({.caller = "a", .session = {}}, kNow + std::chrono::seconds(60), kRandom);
  EXPECT_FALSE(EphemeralKeys(Secret("device key")).read(key.reveal(), kNow));
}

}  // namespace
}  // namespace earshot::gateway
