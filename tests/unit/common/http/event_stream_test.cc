#include "common/http/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace earshot::http {
namespace {

using testing::ElementsAre;

std::vector<std::string> events_of(EventStreamReader& reader, std::string_view bytes) {
  std::vector<std::string> seen;
  reader.feed(bytes, [&](const StreamEvent& event) {
    seen.push_back(event.id + "|" + event.kind + "|" + event.data);
  });
  return seen;
}

TEST(EventStreamTest, ReadsIdKindAndDataOfAnEvent) {
  EventStreamReader reader;
  EXPECT_THAT(events_of(reader, "id: 7\nevent: online\ndata: {\"a\":1}\n\n"),
              ElementsAre("7|online|{\"a\":1}"));
}

TEST(EventStreamTest, TheIdStaysAndTheKindDoesNot) {
  EventStreamReader reader;
  EXPECT_THAT(events_of(reader, "id:7\nevent:online\ndata:a\n\ndata:b\n\n"),
              ElementsAre("7|online|a", "7|message|b"));
}

TEST(EventStreamTest, AnyEndOfLineAndAnyCutGiveTheSameEvents) {
  for (const std::string_view stream :
       {"event: x\ndata: 1\ndata: 2\n\n", "event: x\r\ndata: 1\r\ndata: 2\r\n\r\n",
        "event: x\rdata: 1\rdata: 2\r\r"}) {
    EventStreamReader reader;
    std::vector<std::string> seen;
    for (const char c : stream) {
      for (auto& event : events_of(reader, std::string_view(&c, 1))) seen.push_back(event);
    }
    EXPECT_THAT(seen, ElementsAre("|x|1\n2")) << stream;
  }
}

TEST(EventStreamTest, CommentsUnknownFieldsAndEventsWithoutDataAreNothing) {
  EventStreamReader reader;
  EXPECT_THAT(events_of(reader, ": keep-alive\n\nevent: x\n\nretry: 5\nnonsense\n\n"), ElementsAre());
}

TEST(EventStreamTest, ALineBeyondTheBoundIsDroppedAndCountedAndTheNextEventIsRead) {
  EventStreamReader reader;
  const std::string flood(EventStreamReader::kMaxLineBytes + 1, 'x');
  EXPECT_THAT(events_of(reader, "data: " + flood + "\n\ndata: after\n\n"), ElementsAre("|message|after"));
  EXPECT_EQ(reader.dropped(), 1u);
}

TEST(EventStreamTest, AnEventBeyondTheBoundIsDroppedAndCounted) {
  EventStreamReader reader;
  std::string flood;
  const std::string line = "data: " + std::string(60'000, 'x') + "\n";
  for (int i = 0; i < 5; ++i) flood += line;
  EXPECT_THAT(events_of(reader, flood + "\ndata: after\n\n"), ElementsAre("|message|after"));
  EXPECT_EQ(reader.dropped(), 1u);
}

}  // namespace
}  // namespace earshot::http
