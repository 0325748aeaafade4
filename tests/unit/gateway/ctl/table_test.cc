#include "gateway/ctl/table.h"

#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

TEST(TableTest, ColumnsAreAlignedAndNumbersStandRight) {
  Table table({{.title = "NAME"}, {.title = "N", .right = true}});
  table.add({"kitchen", "5"});
  table.add({"hall", "120"});
  EXPECT_EQ(table.text(0, false),
            "NAME       N\n"
            "kitchen    5\n"
            "hall     120\n");
}

TEST(TableTest, WideCharactersTakeTwoColumns) {
  Table table({{.title = "NAME"}, {.title = "X"}});
  table.add({"厨房", "1"});
  table.add({"hall", "2"});
  EXPECT_EQ(table.text(0, false), "NAME  X\n厨房  1\nhall  2\n");
}

TEST(TableTest, TheWidestCuttableColumnGivesWayUntilTheTableFits) {
  Table table({{.title = "ID"}, {.title = "TEXT", .least = 4}});
  table.add({"aa:bb:cc", "a rather long description"});
  EXPECT_EQ(table.text(20, false), "ID        TEXT\naa:bb:cc  a rather …\n");
  EXPECT_EQ(table.text(5, false), "ID        TEXT\naa:bb:cc  a r…\n")
      << "ids are never cut, nor others below their least";
}

TEST(TableTest, AColumnWithoutAnythingIsLeftOut) {
  Table table({{.title = "NAME"}, {.title = "TAGS"}, {.title = "ID"}});
  table.add({"a", "", "1"});
  EXPECT_EQ(table.text(0, false), "NAME  ID\na     1\n");
}

TEST(TableTest, ADevicesNameCannotDriveTheTerminal) {
  Table table({{.title = "NAME"}});
  table.add(
      {"a\x1b[2Jb\xc2\x9b"
       "c\n"});
  EXPECT_EQ(table.text(0, true).find("\x1b[2J"), std::string::npos);
  EXPECT_EQ(printable("a\x1b[2Jb\xc2\x9b"
                      "c\n"),
            "a [2Jb  c ");
}

TEST(TableTest, ColoursOnlyWhereTheyAreWanted) {
  Table table({{.title = "S"}});
  table.add({Cell("ok", Colour::kGreen)});
  EXPECT_EQ(table.text(0, false), "S\nok\n");
  EXPECT_NE(table.text(0, true).find("\x1b[32mok"), std::string::npos);
}

TEST(ShortenedTest, CutsBetweenCharactersAndShowsIt) {
  EXPECT_EQ(shortened("kitchen", 7), "kitchen");
  EXPECT_EQ(shortened("kitchen", 4), "kit…");
  EXPECT_EQ(shortened("厨房的灯", 5), "厨房…");
  EXPECT_EQ(shortened("厨房的灯", 4), "厨…") << "half a wide character is not shown";
  EXPECT_EQ(shortened("abc", 0), "");
}

TEST(DisplayWidthTest, BytesThatAreNoUtf8CountAsOneEach) {
  EXPECT_EQ(display_width("\xff\xfe"), 2u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u) << "a combining accent";
  EXPECT_EQ(display_width("\xe4\xb8"), 2u) << "cut off in mid-character";
}

}  // namespace
}  // namespace earshot::ctl
