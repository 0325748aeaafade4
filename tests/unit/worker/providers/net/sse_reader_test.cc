#include "worker/providers/net/sse_reader.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

std::string read(std::string_view body, std::size_t piece = 1000, bool finish = true) {
  SseReader reader;
  std::string seen;
  const auto sink = [&](const SseEvent& event) {
    seen += event.name + "[" + event.data + "]";
    return event.data != "STOP";
  };
  for (std::size_t at = 0; at < body.size(); at += piece) {
    EXPECT_TRUE(reader.feed(body.substr(at, piece), sink).ok());
  }
  if (finish) reader.finish(sink);
  return seen;
}

TEST(SseReaderTest, ReadsEventsWhateverTheLineEndsAndPieces) {
  const std::string_view bodies[] = {"data: a\n\nevent: x\ndata: b\ndata: c\n\n",
                                     "data: a\r\n\r\nevent: x\r\ndata: b\r\ndata: c\r\n\r\n",
                                     "data: a\r\revent: x\rdata: b\rdata: c\r\r"};
  for (const auto body : bodies) {
    for (const std::size_t piece : {1U, 2U, 3U, 1000U})
      EXPECT_EQ(read(body, piece), "[a]x[b\nc]") << body << piece;
  }
}

TEST(SseReaderTest, SkipsCommentsIdsAndEventsWithoutData) {
  EXPECT_EQ(read(": ping\n\nid: 7\nretry: 10\n\nevent: x\n\ndata:a\n\n"), "[a]");
}

TEST(SseReaderTest, TakesALastEventWithoutItsBlankLine) {
  EXPECT_EQ(read("data: a\n\ndata: b"), "[a][b]");
  EXPECT_EQ(read("data: a\n\ndata: b", 1000, false), "[a]");
}

TEST(SseReaderTest, AByteOrderMarkAtTheBeginningIsNoPartOfTheFirstEvent) {
  for (const std::size_t piece : {1U, 2U, 1000U}) {
    EXPECT_EQ(read("\xEF\xBB\xBF"
                   "data: a\n\ndata: b\n\n",
                   piece),
              "[a][b]");
    EXPECT_EQ(read("data: a\n\n\xEF\xBB\xBF"
                   "data: b\n\n",
                   piece),
              "[a]")
        << "only there";
  }
}

TEST(SseReaderTest, StopsWhenTold) {
  EXPECT_EQ(read("data: STOP\n\ndata: b\n\n"), "[STOP]");
}

TEST(SseReaderTest, ACharacterSplitBetweenPiecesStaysWhole) {
  EXPECT_EQ(read("data: \xE4\xBD\xA0\n\n", 1), "[\xE4\xBD\xA0]");
}

TEST(SseReaderTest, AnEventWithoutEndIsRefusedBeforeItFillsMemory) {
  SseReader reader(1000);
  const auto sink = [](const SseEvent&) { return true; };
  EXPECT_TRUE(reader.feed("data: " + std::string(900, 'x'), sink).ok());
  EXPECT_EQ(reader.feed(std::string(200, 'x'), sink).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::worker
