#include "common/auth/device_credentials.h"

#include <gtest/gtest.h>

#include <string>

#include "common/auth/credential_generation.h"
#include "common/auth/device_language.h"
#include "common/base/bytes.h"

namespace earshot::auth {
namespace {

// device-protocol 2.2, test vector.
const Secret kKey("Sample-Key-For-Docs");
constexpr std::string_view kClientId = "GID_test@@@11_22_33_44_55_66@@@36c98363-3656-43cb-a00f-8bced2391a90";
constexpr std::string_view kUsername = "eyJpcCI6IjIwMy4wLjExMy43In0=";
constexpr std::string_view kPassword = "QwgkSS64vl2fO7B86w7e4nG5RZ2Xg71JfqjQa9psnNw=";

TEST(ClientIdTest, ReadsTheThreeParts) {
  const auto id = parse_client_id(kClientId);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text, kClientId);
  EXPECT_EQ(id->group, "GID_test");
  EXPECT_EQ(id->device.text(), "11:22:33:44:55:66");
  EXPECT_EQ(id->uuid, "36c98363-3656-43cb-a00f-8bced2391a90");
}

TEST(ClientIdTest, ReadsTheTwoPartFormOfOldTools) {
  const auto id = parse_client_id("GID_old@@@aa_bb_cc_dd_ee_ff");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->device.text(), "aa:bb:cc:dd:ee:ff");
  EXPECT_EQ(id->uuid, "");
}

TEST(ClientIdTest, AcceptsTheMacTwiceAsXsGivesIt) {
  EXPECT_TRUE(parse_client_id("GID_bread-compact-wifi@@@aa_bb_cc_dd_ee_ff@@@aa_bb_cc_dd_ee_ff"));
}

TEST(ClientIdTest, RefusesEverythingElse) {
  const std::string mac = "11_22_33_44_55_66";
  const std::string bad[] = {
      "",
      "@@@",
      "@@@@@@",
      mac,
      "@@@" + mac,
      "@@@" + mac + "@@@u",
      "G@@@",
      "G@@@@@@u",
      "G@@@" + mac + "@@@",
      "G@@@" + mac + "@@@u@@@v",
      "G@@@11_22_33_44_55@@@u",
      "G@@@11_22_33_44_55_6g@@@u",
      "G@@@11:22:33:44:55:66@@@u",
      "G@@@" + mac + "x@@@u",
      "G/x@@@" + mac + "@@@u",
      "G+@@@" + mac + "@@@u",
      "G@@@" + mac + "@@@#",
      "G|x@@@" + mac + "@@@u",
      "G x@@@" + mac + "@@@u",
      "G\n@@@" + mac + "@@@u",
      std::string("G\0@@@", 5) + mac + "@@@u",
      "G\x7f@@@" + mac + "@@@u",
      "G\xc3\xa4@@@" + mac + "@@@u",
  };
  for (const auto& text : bad) EXPECT_FALSE(parse_client_id(text)) << text;
}

TEST(ClientIdTest, LengthIsBounded) {
  const std::string tail = "@@@11_22_33_44_55_66@@@u";
  EXPECT_TRUE(parse_client_id(std::string(kMaxClientIdBytes - tail.size(), 'g') + tail));
  EXPECT_FALSE(parse_client_id(std::string(kMaxClientIdBytes - tail.size() + 1, 'g') + tail));
}

TEST(VerifyTest, MatchesTheReferenceGatewaysVector) {
  EXPECT_EQ(sign(kKey, kClientId, kUsername), kPassword);
  EXPECT_EQ(verify(kKey, kClientId, kUsername, kPassword), LoginVerdict::kGood);
}

TEST(VerifyTest, RefusesAnyOtherCombination) {
  const std::string other_id = "GID_test@@@11_22_33_44_55_67@@@36c98363-3656-43cb-a00f-8bced2391a90";
  EXPECT_EQ(verify(kKey, other_id, kUsername, kPassword), LoginVerdict::kBadPassword);
  EXPECT_EQ(verify(kKey, kClientId, "eyJ9", kPassword), LoginVerdict::kBadPassword);
  EXPECT_EQ(verify(Secret("another"), kClientId, kUsername, kPassword), LoginVerdict::kBadPassword);
  for (const std::string_view password : {"", "x", "QwgkSS64vl2fO7B86w7e4nG5RZ2Xg71JfqjQa9psnNw"}) {
    EXPECT_EQ(verify(kKey, kClientId, kUsername, password), LoginVerdict::kBadPassword) << password;
  }
}

TEST(VerifyTest, ATwoPartIdNeedsItsPassword) {
  constexpr std::string_view kOld = "GID_old@@@aa_bb_cc_dd_ee_ff";
  EXPECT_EQ(verify(kKey, kOld, "", ""), LoginVerdict::kBadPassword);
  EXPECT_EQ(verify(kKey, kOld, "u", sign(kKey, kOld, "u")), LoginVerdict::kGood);
}

TEST(VerifyTest, AnEmptyKeyOpensNothing) {
  const Secret none;
  EXPECT_EQ(verify(none, kClientId, kUsername, kPassword), LoginVerdict::kBadPassword);
  EXPECT_EQ(verify(none, kClientId, kUsername, ""), LoginVerdict::kBadPassword);
}

TEST(VerifyTest, TheBoundaryOfTheSignedTextCannotBeMoved) {
  const std::string shifted_id = std::string(kClientId) + "|a";
  const std::string signed_text_is_the_same = sign(kKey, kClientId, "a|b");
  ASSERT_EQ(sign(kKey, shifted_id, "b"), signed_text_is_the_same);
  EXPECT_EQ(verify(kKey, shifted_id, "b", signed_text_is_the_same), LoginVerdict::kBadClientId);
}

TEST(VerifyTest, AnOversizedUsernameIsRefusedUnread) {
  const std::string username(kMaxUsernameBytes + 1, 'u');
  EXPECT_EQ(verify(kKey, kClientId, username, sign(kKey, kClientId, username)), LoginVerdict::kBadPassword);
}

TEST(MakeCredentialsTest, GivesWhatTheBrokerAccepts) {
  const auto device = DeviceId::parse("AA:BB:CC:DD:EE:FF");
  const auto made = make_credentials(*device, "36c98363-3656-43cb-a00f-8bced2391a90", "esp-box-3", kKey);
  EXPECT_EQ(made.client_id.text, "GID_esp-box-3@@@aa_bb_cc_dd_ee_ff@@@36c98363-3656-43cb-a00f-8bced2391a90");
  const auto parsed = parse_client_id(made.client_id.text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->group, made.client_id.group);
  EXPECT_EQ(parsed->device, *device);
  EXPECT_EQ(parsed->uuid, made.client_id.uuid);
  EXPECT_EQ(verify(kKey, made.client_id.text, made.username, made.password.reveal()), LoginVerdict::kGood);
  EXPECT_EQ(as_text(*from_base64(made.username)), R"({"v":1})");
}

TEST(MakeCredentialsTest, TheSameDeviceGetsTheSameAgain) {
  const auto device = DeviceId::parse("aa:bb:cc:dd:ee:ff");
  const auto first = make_credentials(*device, "", "x", kKey);
  const auto second = make_credentials(*device, "", "x", kKey);
  EXPECT_EQ(first.client_id.text, second.client_id.text);
  EXPECT_EQ(first.password.reveal(), second.password.reveal());
}

TEST(MakeCredentialsTest, AHostileUuidIsReplacedByTheMac) {
  const auto device = DeviceId::parse("aa:bb:cc:dd:ee:ff");
  const std::string bad[] = {"",
                             "x",
                             "36c98363-3656-43cb-a00f-8bced2391a9",
                             "36c98363-3656-43cb-a00f-8bced2391a900",
                             "36c98363-3656-43cb-a00f-8bced2391a9/",
                             "36c98363+3656-43cb-a00f-8bced2391a90",
                             "@@@98363-3656-43cb-a00f-8bced2391a90",
                             std::string(100000, 'a')};
  for (const auto& uuid : bad) {
    const auto made = make_credentials(*device, uuid, "b", kKey);
    EXPECT_EQ(made.client_id.text, "GID_b@@@aa_bb_cc_dd_ee_ff@@@aa_bb_cc_dd_ee_ff") << uuid;
  }
}

TEST(MakeCredentialsTest, AHostileBoardTypeStillGivesAValidClientId) {
  const auto device = DeviceId::parse("aa:bb:cc:dd:ee:ff");
  EXPECT_EQ(make_credentials(*device, "", "a/b+#|@ \n", kKey).client_id.group, "GID_a-b------");
  EXPECT_EQ(make_credentials(*device, "", "", kKey).client_id.group, "GID_unknown");
  for (const std::string& board : {std::string("@@@"), std::string(100000, 'b'), std::string("\xff\0", 2)}) {
    EXPECT_TRUE(parse_client_id(make_credentials(*device, "", board, kKey).client_id.text));
  }
}

TEST(CredentialGenerationTest, TravelsInTheGroupBehindTheLanguage) {
  const auto device = DeviceId::parse("11:22:33:44:55:66");
  const auto made = make_credentials(*device, "", "b.zh-CN", kKey, 12);
  EXPECT_EQ(made.client_id.group, "GID_b.zh-CN.r12");
  const auto parsed = parse_client_id(made.client_id.text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(generation_of(*parsed), 12U);
  EXPECT_EQ(language_of(*parsed), "zh-CN");
  EXPECT_EQ(verify(kKey, made.client_id.text, made.username, made.password.reveal()), LoginVerdict::kGood);
}

TEST(CredentialGenerationTest, OfTheFirstCredentialsIsZeroAndNotWritten) {
  const auto device = DeviceId::parse("11:22:33:44:55:66");
  const auto made = make_credentials(*device, "", "b.zh-CN", kKey, 0);
  EXPECT_EQ(made.client_id.text, make_credentials(*device, "", "b.zh-CN", kKey).client_id.text);
  EXPECT_EQ(generation_of(made.client_id), 0U);
}

TEST(CredentialGenerationTest, OnlyOneFormIsOne) {
  ClientId id;
  for (const char* group : {"GID_b", "GID_b.r", "GID_b.r0", "GID_b.r01", "GID_b.r4294967296", "GID_b.r1x",
                            "GID_b.zh-CN", "GID_b.R1", "GID_b.r-1", "r1"}) {
    id.group = group;
    EXPECT_EQ(generation_of(id), 0U) << group;
  }
  id.group = "GID_b.r4294967295";
  EXPECT_EQ(generation_of(id), 4294967295U);
  EXPECT_EQ(language_of(id), "");
}

TEST(CredentialGenerationTest, ALanguageCannotPassForOne) {
  EXPECT_EQ(board_with_language("b", "r7"), "b");
  EXPECT_EQ(board_with_language("b", "ro"), "b.ro");
}

}  // namespace
}  // namespace earshot::auth
