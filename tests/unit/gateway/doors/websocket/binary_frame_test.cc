#include "gateway/doors/websocket/binary_frame.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::gateway {
namespace {

std::string down(FrameForm form, std::string_view opus) {
  const Bytes payload = from_hex(opus).value();
  const FrameHead head = build_down_head(form, 60, 7, payload.size());
  return to_hex(head.view()) + to_hex(payload);
}

// device-protocol 5: the vectors for the Opus bytes f801020304 at 60 ms.
TEST(BinaryFrameTest, WritesTheFormsOfTheProtocol) {
  EXPECT_EQ(down(FrameForm::kPlain, "f801020304"), "f801020304");
  EXPECT_EQ(down(FrameForm::kTimed, "f801020304"), "00020000000000000000003c00000005f801020304");
  EXPECT_EQ(down(FrameForm::kShort, "f801020304"), "00000005f801020304");
  EXPECT_EQ(down(FrameForm::kGateway, "f801020304"), "01000005000000070000003c00000005f801020304");
}

TEST(BinaryFrameTest, ReadsThem) {
  const auto up = [](FrameForm form, std::string_view hex) {
    static Bytes bytes;
    bytes = from_hex(hex).value();
    return parse_up_frame(form, bytes);
  };
  EXPECT_EQ(to_hex(up(FrameForm::kPlain, "f801")->payload), "f801");
  const auto timed = up(FrameForm::kTimed, "00020000000000000000003c00000005f801020304");
  ASSERT_TRUE(timed);
  EXPECT_EQ(timed->timestamp, 60U);
  EXPECT_FALSE(timed->json);
  EXPECT_EQ(to_hex(timed->payload), "f801020304");
  EXPECT_TRUE(up(FrameForm::kTimed,
                 "0002000100000000000000000000000"
                 "27b7d")
                  ->json);
  EXPECT_EQ(to_hex(up(FrameForm::kShort, "00000002f801")->payload), "f801");
  // As the established gateway sends it: only the timestamp and the length.
  const auto relayed = up(FrameForm::kGateway, "00000000000000000000003c00000002f801");
  ASSERT_TRUE(relayed);
  EXPECT_EQ(relayed->timestamp, 60U);
  EXPECT_EQ(to_hex(relayed->payload), "f801");
}

TEST(BinaryFrameTest, AFrameThatIsNotAsLongAsItSaysIsNone) {
  for (const FrameForm form : {FrameForm::kTimed, FrameForm::kShort, FrameForm::kGateway}) {
    for (std::size_t length = 0; length < 40; ++length) {
      Bytes bytes(length, 0xff);  // a size that no frame has
      EXPECT_FALSE(parse_up_frame(form, bytes)) << length;
    }
  }
  EXPECT_TRUE(parse_up_frame(FrameForm::kPlain, Bytes{})) << "DTX";
}

}  // namespace
}  // namespace earshot::gateway
