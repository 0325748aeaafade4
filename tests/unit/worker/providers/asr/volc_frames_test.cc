#include "worker/providers/net/volc_frames.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(VolcFrames, MatchesThePublishedVectorsOfFamilyE) {  // provider-protocol A10
  VolcFrame start;
  start.event = 1;
  start.payload = "{}";
  EXPECT_EQ(to_hex(encode_volc(start, false)), "1114100000000001000000027b7d");
  VolcFrame finish;
  finish.event = 102;
  finish.id = "sess1";
  finish.payload = "{}";
  EXPECT_EQ(to_hex(encode_volc(finish, false)), "1114100000000066000000057365737331000000027b7d");
}

TEST(VolcFrames, WhatIsPackedIsUnpacked) {
  for (const bool compress : {false, true}) {
    for (const std::string& payload : {std::string(), std::string("{}"), std::string(100'000, 'x')}) {
      VolcFrame frame;
      frame.type = VolcType::kAudioServer;
      frame.json = false;
      frame.last = true;
      frame.sequence = -7;
      frame.event = 352;
      frame.id = "session";
      frame.payload = payload;
      const auto read = decode_volc(encode_volc(frame, compress), 100'000);
      ASSERT_TRUE(read.ok());
      EXPECT_EQ(read->type, frame.type);
      EXPECT_EQ(read->json, false);
      EXPECT_EQ(read->last, true);
      EXPECT_EQ(read->sequence, -7);
      EXPECT_EQ(read->event, 352);
      EXPECT_EQ(read->id, "session");
      EXPECT_EQ(read->payload, payload);
    }
  }
}

TEST(VolcFrames, ReadsAnErrorAndAnEmptyAcknowledgement) {
  const auto error = decode_volc(*from_hex("11f01000"
                                           "02aea541"
                                           "00000002"
                                           "7b7d"),
                                 100);
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(error->error_code, 45000001U);
  EXPECT_EQ(error->payload, "{}");
  const auto ack = decode_volc(*from_hex("11b00000"), 100);
  ASSERT_TRUE(ack.ok());
  EXPECT_EQ(ack->payload, "");
}

TEST(VolcFrames, SkipsFurtherHeaderWords) {
  const auto read = decode_volc(*from_hex("12901000"
                                          "ffffffff"
                                          "00000002"
                                          "7b7d"),
                                100);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->payload, "{}");
}

TEST(VolcFrames, RefusesWhatIsNoFrame) {
  for (const char* hex :
       {"", "111000", "21901000000000027b7d", "10901000000000027b7d", "1f901000000000027b7d",
        "11301000000000027b7d", "11901200000000027b7d", "11901000", "119010000000000",
        "1190100000000003"
        "7b7d",
        "11f01000", "11911000", "11941000", "1194100000000096000000ff",
        "1190110000000002"
        "7b7d"}) {
    const auto bytes = from_hex(hex).value_or(Bytes{});
    const auto read = decode_volc(bytes, 100);
    ASSERT_FALSE(read.ok()) << hex;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid) << hex;
  }
}

TEST(VolcFrames, APayloadBeyondTheLimitIsRefusedPackedOrNot) {
  VolcFrame frame;
  frame.payload = std::string(10'000'000, 'x');
  for (const bool compress : {false, true}) {
    const auto read = decode_volc(encode_volc(frame, compress), 1000);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::kTooLarge);
  }
}

TEST(VolcFrames, ACutOffGzipMemberIsRefused) {
  const std::string packed = gzip(std::string(1000, 'x') + "yz");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(gunzip(packed.substr(0, size), 10'000).ok()) << size;
  }
}

}  // namespace
}  // namespace earshot::worker
