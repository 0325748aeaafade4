#include "bench/simulator/ws_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace earshot::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Bytes kOpus = *from_hex("f801020304");

struct Read {
  std::optional<Bytes> opus;
  std::vector<std::string> broken;
};
Read read(int version, std::string_view hex) {
  Violations violations;
  const Bytes frame = *from_hex(hex);
  const auto opus = read_ws_frame(version, frame, violations);
  Read result{.opus = opus ? std::optional(Bytes(opus->begin(), opus->end())) : std::nullopt, .broken = {}};
  for (const Violation& violation : violations) result.broken.emplace_back(name(violation.rule));
  return result;
}

// The vectors of device-protocol 5.
TEST(WsFrames, AreMadeAsTheFirmwareMakesThem) {
  EXPECT_EQ(to_hex(make_ws_frame(1, kOpus, 60)), "f801020304");
  EXPECT_EQ(to_hex(make_ws_frame(2, kOpus, 60)), "00020000000000000000003c00000005f801020304");
  EXPECT_EQ(to_hex(make_ws_frame(3, kOpus, 60)), "00000005f801020304");
}

TEST(WsFrames, AreRead) {
  for (const auto& [version, hex] : {std::pair<int, const char*>{1, "f801020304"},
                                     {2, "00020000000000000000003c00000005f801020304"},
                                     {3, "00000005f801020304"}}) {
    const Read result = read(version, hex);
    EXPECT_EQ(result.opus, kOpus) << version;
    EXPECT_THAT(result.broken, IsEmpty()) << version;
  }
}

TEST(WsFrames, ThatAnnounceAnotherSizeAreFound) {
  EXPECT_THAT(read(3, "00000006f801020304").broken, ElementsAre("ws_payload_size"));
  EXPECT_FALSE(read(3, "00000006f801020304").opus) << "the firmware would read behind its memory";
  EXPECT_THAT(read(3, "00000004f801020304").broken, ElementsAre("ws_payload_size"));
  EXPECT_EQ(read(3, "00000004f801020304").opus->size(), 4U);
  EXPECT_THAT(read(2, "000200000000000000000000fffffffff8").broken, ElementsAre("ws_payload_size"));
}

TEST(WsFrames, WithoutRoomForTheirHeadAreFound) {
  EXPECT_THAT(read(3, "000000").broken, ElementsAre("ws_frame_too_short"));
  EXPECT_THAT(read(2, "00020000").broken, ElementsAre("ws_frame_too_short"));
  EXPECT_THAT(read(1, "").broken, IsEmpty());
}

TEST(WsFrames, OfAnotherVersionOrTypeAreFound) {
  EXPECT_THAT(read(2, "00030000000000000000000000000001f8").broken, ElementsAre("ws_frame_head"));
  EXPECT_THAT(read(2, "000200010000000000000000000000027b7d").broken, ElementsAre("ws_frame_head"));
  EXPECT_THAT(read(3, "010000027b7d").broken, ElementsAre("ws_frame_head"));
  EXPECT_THAT(read(1, "7b7d").broken, ElementsAre("ws_frame_head")) << "JSON goes as text";
}

}  // namespace
}  // namespace earshot::simulator
