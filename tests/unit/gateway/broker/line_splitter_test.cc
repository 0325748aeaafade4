#include "gateway/broker/line_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::broker {
namespace {

using testing::ElementsAre;

class LineSplitterTest : public testing::Test {
 protected:
  void feed(std::string_view bytes) {
    splitter_.feed(bytes, [this](std::string_view line) { lines_.emplace_back(line); });
  }
  LineSplitter splitter_;
  std::vector<std::string> lines_;
};

TEST_F(LineSplitterTest, JoinsWhatComesInPieces) {
  feed("one\ntw");
  feed("o\n\nthr");
  EXPECT_THAT(lines_, ElementsAre("one", "two"));
}

TEST_F(LineSplitterTest, BoundsALineAndCleansIt) {
  feed(std::string(5000, 'x') + "\na\x1b[0mb\r\n");
  EXPECT_THAT(lines_, ElementsAre(std::string(LineSplitter::kMaxLineBytes, 'x'), "a [0mb "));
}

}  // namespace
}  // namespace earshot::broker
