#include "bench/simulator/ogg_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/audio/ogg_opus.h"

namespace earshot::simulator {
namespace {

using testing::HasSubstr;

std::string packets(int count, std::size_t bytes = 4) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all += static_cast<char>(bytes >> 8);
    all += static_cast<char>(bytes & 0xFF);
    all += '\x58' + std::string(bytes - 1, static_cast<char>(i));  // SILK, 60 ms
  }
  return all;
}

std::string ogg(int count) {
  return *audio::to_ogg_opus(packets(count), 24'000, 16);
}

std::string refusal(const std::string& file) {
  const auto speech = read_ogg_opus(file);
  return speech ? "" : speech.error().message;
}

TEST(OggReader, ReadsWhatTheGatewayMakes) {
  const auto speech = read_ogg_opus(ogg(40));
  ASSERT_TRUE(speech) << speech.error().message;
  EXPECT_EQ(speech->packets.size(), 40U);
  EXPECT_EQ(speech->longest_packet, Milliseconds(60));
  EXPECT_EQ(speech->packets[39], (Bytes{0x58, 39, 39, 39}));
}

TEST(OggReader, RefusesAStreamWithoutAnEnd) {
  const std::string file = ogg(40);
  EXPECT_THAT(refusal(file.substr(0, file.rfind("OggS"))), HasSubstr("no end"));
  EXPECT_THAT(refusal(file.substr(0, file.size() - 1)), HasSubstr("cut short"));
  EXPECT_THAT(refusal(""), HasSubstr("no end"));
}

TEST(OggReader, RefusesWhatWasDamaged) {
  std::string file = ogg(3);
  file[file.size() - 1] ^= 1;
  EXPECT_THAT(refusal(file), HasSubstr("checksum"));
  EXPECT_THAT(refusal(ogg(3) + "x"), HasSubstr("behind the end"));
  EXPECT_THAT(refusal("<html>" + ogg(3)), HasSubstr("no Ogg page"));
}

TEST(OggReader, RefusesPacketsThatAreTooLarge) {
  EXPECT_THAT(refusal(*audio::to_ogg_opus(packets(1, 2049), 24'000)), HasSubstr("over 2 KB"));
}

TEST(OggReader, RefusesAStreamWithoutSound) {
  EXPECT_THAT(refusal(*audio::to_ogg_opus("", 24'000)), HasSubstr("no sound"));
}

}  // namespace
}  // namespace earshot::simulator
