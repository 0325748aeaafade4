#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/base/counters.h"
#include "common/base/hmac.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/secret.h"

namespace earshot {
namespace {

TEST(BytesTest, BigEndianIntegersRoundTrip) {
  std::uint8_t buffer[4];
  store_be32(buffer, 0x1a2b3c4d);
  EXPECT_EQ(load_be32(buffer), 0x1a2b3c4dU);
  EXPECT_EQ(load_be16(buffer), 0x1a2b);
  store_be16(buffer, 0xfffe);
  EXPECT_EQ(load_be16(buffer), 0xfffe);
}

TEST(BytesTest, HexAcceptsAnyCaseAndRefusesTheRest) {
  EXPECT_EQ(from_hex("0aFf"), (Bytes{0x0a, 0xff}));
  EXPECT_EQ(to_hex(Bytes{0x0a, 0xff}), "0aff");
  EXPECT_EQ(from_hex(""), Bytes{});
  for (const char* bad : {"0", "0g", "0a ", " 0a", "0x0a"}) EXPECT_EQ(from_hex(bad), std::nullopt) << bad;
}

TEST(BytesTest, Base64IsStrict) {
  EXPECT_EQ(to_base64(as_bytes("a")), "YQ==");
  EXPECT_EQ(from_base64("YQ=="), (Bytes{'a'}));
  EXPECT_EQ(from_base64(""), Bytes{});
  for (const char* bad : {"YQ", "YQ=", "Y Q==", "YQ==\n", "*"})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

TEST(DeviceIdTest, ReadsEveryUsualFormAndNormalises) {
  const auto id = DeviceId::parse("11_22_33_44_55_aB");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "11:22:33:44:55:ab");
  EXPECT_EQ(id->underscored(), "11_22_33_44_55_ab");
  for (const char* form : {"11:22:33:44:55:AB", "11-22-33-44-55-AB", "11.22.33.44.55.ab", "112233445566",
                           "1122.3344.5566", "1122-3344-5566", "1122:3344:5566", "11-22-33-44-55-66"}) {
    const auto same = DeviceId::parse(form);
    ASSERT_TRUE(same) << form;
    EXPECT_EQ(same->text().substr(0, 15), "11:22:33:44:55:") << form;
  }
  EXPECT_EQ(DeviceId::parse("02BB0A000C0D")->text(), "02:bb:0a:00:0c:0d");
  EXPECT_EQ(DeviceId::parse("02bb.0a00.0C0D")->text(), "02:bb:0a:00:0c:0d");
}

TEST(DeviceIdTest, RefusesWhatIsNoWholeAddress) {
  for (const char* bad :
       {"", "11:22:33:44:55", "11:22:33:44:55:6", "11:22_33:44:55:66", "11:22:33:44:55:6g",
        "11:22:33:44:55:66:", ":11:22:33:44:55:66", "11223344556", "1122334455667", "112233.445566",
        "1122.33.44.5566", "1122.3344.556", "11::22:33:44:55:6", "1:2:3:4:5:6", "11 22 33 44 55 66",
        "--------"
        "---------",
        "11:22:33:44:55:66:77", "\xff\xff:22:33:44:55:6"}) {
    EXPECT_EQ(DeviceId::parse(bad), std::nullopt) << bad;
  }
}

TEST(DeviceIdTest, PartsOfAnAddressAreReadAsTheyAreKept) {
  EXPECT_EQ(address_part("02-BB-0a"), "02:bb:0a");
  EXPECT_EQ(address_part("02_bb_0"), "02:bb:0");
  EXPECT_EQ(address_part("02bb.0a"), "02:bb:0a");
  EXPECT_EQ(address_part("02:bb:"), "02:bb:");
  EXPECT_EQ(address_part("02BB0A000C0D"), "02:bb:0a:00:0c:0d");
  for (const char* none : {"", "02", "02bb0a", "cafe", "kit-chen", "02-bb_0a", ":02", "02:bb:0a:00:0c:0d:"})
    EXPECT_EQ(address_part(none), "") << none;
}

TEST(SessionIdTest, IsUnguessableAndSafeToEcho) {
  const SessionId id = SessionId::random();
  EXPECT_EQ(id.text.size(), 32U);
  EXPECT_THAT(id.text, testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_NE(id, SessionId::random());
}

// RFC 4231, test cases 2 and 6 (a key longer than the block).
TEST(HmacTest, MatchesTheRfc) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(131, 0xaa),
                               as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(SecretTest, ShowsNothingAndComparesWhole) {
  const Secret key("hunter2");
  EXPECT_EQ(key.masked(), "***");
  EXPECT_TRUE(equal_in_constant_time(key.reveal(), "hunter2"));
  EXPECT_FALSE(equal_in_constant_time(key.reveal(), "hunter"));
  EXPECT_FALSE(equal_in_constant_time(key.reveal(), "hunter3"));
  EXPECT_FALSE(equal_in_constant_time(key.reveal(), ""));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

TEST(SecretTest, AMovedFromSecretIsEmpty) {
  Secret from("a");
  const Secret to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): the claim
  EXPECT_EQ(to.reveal(), "a");
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> good = 7;
  const Result<int> bad = Error{ErrorCode::kTimeout, "late"};
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::kTimeout);
}

enum class Fruit { kApple, kPear, kCount };
constexpr std::array<std::string_view, 2> kFruitNames{"apple", "pear"};

TEST(CountersTest, CountByName) {
  Counters<Fruit, kFruitNames> counters;
  counters.add(Fruit::kPear);
  counters.add(Fruit::kPear, 2);
  std::string seen;
  counters.visit([&](std::string_view name, std::uint64_t value) {
    seen += std::string(name) + "=" + std::to_string(value) + " ";
  });
  EXPECT_EQ(seen, "apple=0 pear=3 ");
}

}  // namespace
}  // namespace earshot
