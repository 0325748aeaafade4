#include "gateway/control/devices/serial_challenges.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "common/base/bytes.h"
#include "common/base/hmac.h"

namespace earshot::gateway {
namespace {

using Verdict = SerialChallenges::Verdict;

const Applicant kChip{.device = *DeviceId::parse("11:22:33:44:55:66"), .uuid = "u", .serial = "SN1"};
const Secret kKey("0123456789abcdef0123456789abcdef");
const SteadyTime kChallengedAt{};

std::string proof(const std::string& challenge, const Secret& key = kKey) {
  return to_hex(hmac_sha256(as_bytes(key.reveal()), as_bytes(challenge)));
}

TEST(SerialChallengesTest, TheProofIsTheFirmwares) {
  // device-protocol 1.3: key 00..1f, challenge "challenge-123".
  std::string key(32, '\0');
  std::iota(key.begin(), key.end(), '\0');
  EXPECT_EQ(proof("challenge-123", Secret(key)),
            "ae29bbb94f8c4cc5c1bbb794361145289d2192e08ee97a3fcaf3d2b60c4f0d29");
}

TEST(SerialChallengesTest, ARightAnswerProvesOnceAndIsUsedUp) {
  SerialChallenges challenges;
  const auto challenge = challenges.make(kChip, kChallengedAt);
  EXPECT_FALSE(challenges.is_proven(kChip, kChallengedAt));
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kProven);
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kProven)
      << "the firmware repeats it while it waits";
  EXPECT_TRUE(challenges.is_proven(kChip, kChallengedAt));
  challenges.use_up(kChip);
  EXPECT_FALSE(challenges.is_proven(kChip, kChallengedAt));
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kUnknown);
}

TEST(SerialChallengesTest, EachChallengeIsFresh) {
  SerialChallenges challenges;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(challenges.make(kChip, kChallengedAt)).second);
}

TEST(SerialChallengesTest, WrongAnswersProveNothing) {
  SerialChallenges challenges;
  const auto challenge = challenges.make(kChip, kChallengedAt);
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge, Secret("other")), kKey, kChallengedAt),
            Verdict::kWrong);
  EXPECT_EQ(challenges.answer(kChip, challenge, "", kKey, kChallengedAt), Verdict::kWrong);
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge, Secret("")), Secret(), kChallengedAt),
            Verdict::kWrong)
      << "no key proves nothing";
  EXPECT_EQ(challenges.answer(kChip, "made-up", proof("made-up"), kKey, kChallengedAt), Verdict::kUnknown);
  EXPECT_FALSE(challenges.is_proven(kChip, kChallengedAt));
}

TEST(SerialChallengesTest, AnotherDevicesAnswerCountsForNobody) {
  SerialChallenges challenges;
  const auto challenge = challenges.make(kChip, kChallengedAt);
  Applicant thief = kChip;
  thief.uuid = "stolen";
  EXPECT_EQ(challenges.answer(thief, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kUnknown);
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kProven);
  EXPECT_FALSE(challenges.is_proven(thief, kChallengedAt));
}

TEST(SerialChallengesTest, ChallengesAndProofsExpire) {
  SerialChallenges challenges;
  const auto challenge = challenges.make(kChip, kChallengedAt);
  EXPECT_EQ(challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt), Verdict::kProven);
  EXPECT_FALSE(challenges.is_proven(kChip, kChallengedAt + SerialChallenges::kLife));
  EXPECT_EQ(
      challenges.answer(kChip, challenge, proof(challenge), kKey, kChallengedAt + SerialChallenges::kLife),
      Verdict::kUnknown);
}

TEST(SerialChallengesTest, MemoryIsBoundedAndAFloodForOneDeviceHurtsNoOther) {
  SerialChallenges challenges;
  const auto mine = challenges.make(kChip, kChallengedAt);
  Applicant eve = kChip;
  eve.uuid = "eve";
  for (std::size_t i = 0; i < 10'000; ++i) challenges.make(eve, kChallengedAt);
  EXPECT_EQ(challenges.open(), 1 + SerialChallenges::kPerApplicant);
  EXPECT_EQ(challenges.answer(kChip, mine, proof(mine), kKey, kChallengedAt), Verdict::kProven);
  for (std::size_t i = 0; i < 10'000; ++i) {
    eve.uuid = std::to_string(i);
    challenges.make(eve, kChallengedAt);
  }
  EXPECT_EQ(challenges.open(), SerialChallenges::kMaxOpen);
}

}  // namespace
}  // namespace earshot::gateway
