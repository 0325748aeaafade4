#include "worker/mcp_servers/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Read {
  std::vector<std::string> lines;
  std::vector<std::int64_t> lost;  // 0: nobody knows whose reply it was

  void feed(LineReader& reader, std::string_view piece) {
    reader.feed(piece,
                {.on_line = [this](std::string_view line) { lines.emplace_back(line); },
                 .on_too_long = [this](std::optional<std::int64_t> id) { lost.push_back(id.value_or(0)); }});
  }
};

TEST(LineReader, GivesWholeLinesWhateverThePieces) {
  LineReader reader(100);
  Read read;
  for (const char* piece : {"{\"a\"", ":1}\r\n\n{\"b\":2}\n{", "}\n"}) read.feed(reader, piece);
  EXPECT_THAT(read.lines, ElementsAre("{\"a\":1}", "{\"b\":2}", "{}"));
}

TEST(LineReader, DropsALineThatIsTooLongAndTellsWhoseReplyItWas) {
  LineReader reader(1000);
  Read read;
  const std::string filling(10'000, 'x');
  read.feed(reader, R"({"jsonrpc":"2.0","id":7,"result":{"t":")" + filling + "\"}}\n");
  read.feed(reader, R"({"result":{"t":")" + filling);
  read.feed(reader, R"("},"jsonrpc":"2.0","id":8})"
                    "\n");
  read.feed(reader, filling + "\n{\"c\":3}\n");
  EXPECT_THAT(read.lost, ElementsAre(7, 8, 0));
  EXPECT_THAT(read.lines, ElementsAre("{\"c\":3}"));
}

TEST(LineReader, KeepsLittleOfALineThatNeverEnds) {
  LineReader reader(1000);
  Read read;
  for (int i = 0; i < 1000; ++i) read.feed(reader, std::string(64 * 1024, 'x'));
  EXPECT_THAT(read.lines, IsEmpty());
  EXPECT_THAT(read.lost, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
