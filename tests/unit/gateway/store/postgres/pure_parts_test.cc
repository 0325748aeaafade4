#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "gateway/store/postgres/change_notice.h"
#include "gateway/store/postgres/statement.h"
#include "gateway/store/postgres/text_escape.h"

namespace earshot::store::postgres {
namespace {

TEST(TextEscapeTest, OrdinaryTextsStayAsTheyAre) {
  for (const std::string text :
       {"", "a", "{\"a\":\"\\n\"}", "\xE4\xBD\xA0\xF0\x9F\x8E\xA4", "'; DROP TABLE x; --"}) {
    EXPECT_EQ(escape_text(text), text);
    EXPECT_EQ(unescape_text(text), text);
  }
}

TEST(TextEscapeTest, WhatATextCannotHoldIsSpelt) {
  using namespace std::string_literals;
  EXPECT_EQ(escape_text("a\0b"s), "a\x01"s + "00b");
  EXPECT_EQ(escape_text("\x01"), "\x01"s + "01");
  EXPECT_EQ(escape_text("\xff"), "\x01"s + "ff");
  EXPECT_EQ(escape_text("\xC0\x80"), "\x01"s + "c0\x01"s + "80") << "an overlong NUL";
  EXPECT_EQ(escape_text("\xED\xA0\x80"), "\x01"s + "ed\x01"s + "a0\x01"s + "80") << "half a surrogate pair";
  EXPECT_EQ(escape_text("\xF4\x90\x80\x80").front(), '\x01') << "above U+10FFFF";
  EXPECT_EQ(escape_text("\xE4\xBD"), "\x01"s + "e4\x01"s + "bd") << "cut off";
}

TEST(TextEscapeTest, AnyBytesComeBack) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() % 4 : random() % 256);
    EXPECT_EQ(unescape_text(escape_text(bytes)), bytes);
  }
}

TEST(TextEscapeTest, AMarkWithoutDigitsStandsForItself) {
  EXPECT_EQ(unescape_text("\x01"), "\x01");
  EXPECT_EQ(unescape_text("a\x01g0"), "a\x01g0");
  EXPECT_EQ(unescape_text("\x01"
                          "0"),
            "\x01"
            "0");
}

TEST(StatementTest, PlacesAreNumbered) {
  EXPECT_EQ(numbered("SELECT a FROM t WHERE b = ? AND c IN (?,?)"),
            "SELECT a FROM t WHERE b = $1 AND c IN ($2,$3)");
}

TEST(StatementTest, AFailureIsAwayAgainOrTheAskersOwn) {
  const auto trouble = [](std::string_view state) { return fault_of(state).trouble; };
  EXPECT_EQ(trouble(""), Trouble::kAway);
  EXPECT_EQ(trouble("57P01"), Trouble::kAway) << "it is being shut down";
  EXPECT_EQ(trouble("25006"), Trouble::kAway) << "it has become a standby";
  EXPECT_EQ(trouble("40001"), Trouble::kAgain);
  EXPECT_EQ(trouble("40P01"), Trouble::kAgain);
  EXPECT_EQ(trouble("55P03"), Trouble::kAgain);
  EXPECT_EQ(trouble("23505"), Trouble::kNone);
  EXPECT_EQ(fault_of("23505").code, ErrorCode::kInvalid);
  EXPECT_EQ(fault_of("53100").code, ErrorCode::kUnavailable);
  EXPECT_EQ(fault_of("53100").trouble, Trouble::kNone) << "a full disk is no reason to wait for it";
  EXPECT_EQ(fault_of("57014").code, ErrorCode::kUnavailable);
  EXPECT_EQ(fault_of("42P01").code, ErrorCode::kInternal);
}

TEST(ChangeNoticeTest, TellsWhatOthersHaveChanged) {
  const auto change = change_of("there devices 02:00:00:00:00:01", "here");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->what, StoreChange::What::kDevice);
  EXPECT_EQ(change->key, "02:00:00:00:00:01");
  EXPECT_EQ(change_of("there tokens ", "here")->what, StoreChange::What::kAccounts);
  EXPECT_EQ(change_of("- settings a b", "here")->key, "a b");
}

TEST(ChangeNoticeTest, OurOwnAndWhatIsNoneAreLeftOut) {
  for (const char* payload :
       {"here devices x", "", " ", "there", "there turns x", "there  devices x", "there DEVICES x"}) {
    EXPECT_FALSE(change_of(payload, "here")) << payload;
  }
}

}  // namespace
}  // namespace earshot::store::postgres
