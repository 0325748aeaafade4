#include "gateway/doors/mqtt_udp/hello.h"

#include <gtest/gtest.h>

#include "common/base/bytes.h"

namespace earshot::gateway {
namespace {

TEST(HelloTest, AnswersWithEverythingForTheAudio) {
  const Bytes bytes = from_hex("2b7e151628aed2a6abf7158809cf4f3c").value();
  const AudioKey key(std::span<const std::uint8_t, AudioKey::kBytes>(bytes.data(), AudioKey::kBytes));

  EXPECT_EQ(
      hello_message(SessionId{"5e55"}, {}, {.server = "192.0.2.1", .port = 8884}, Ssrc{0x1a2b3c4d}, key),
      R"({"type":"hello","session_id":"5e55","transport":"udp",)"
      R"("audio_params":{"format":"opus","sample_rate":24000,"channels":1,"frame_duration":60},)"
      R"("udp":{"server":"192.0.2.1","port":8884,"encryption":"aes-128-ctr",)"
      R"("key":"2b7e151628aed2a6abf7158809cf4f3c","nonce":"010000001a2b3c4d0000000000000000"}})");
}

}  // namespace
}  // namespace earshot::gateway
