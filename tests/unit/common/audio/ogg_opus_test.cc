#include "common/audio/ogg_opus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/base/bytes.h"

namespace earshot::audio {
namespace {

std::string with_length(const std::string& packet) {
  return std::string{static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size() & 0xFF)} + packet;
}

TEST(OggOpusTest, APacketTellsItsLength) {
  EXPECT_EQ(opus_samples(std::string(1, '\x18')), 2880U);      // SILK, 60 ms
  EXPECT_EQ(opus_samples(std::string(1, '\x08')), 960U);       // SILK, 20 ms
  EXPECT_EQ(opus_samples(std::string(1, '\x78')), 960U);       // hybrid, 20 ms
  EXPECT_EQ(opus_samples(std::string(1, '\xE0')), 120U);       // CELT, 2.5 ms
  EXPECT_EQ(opus_samples(std::string("\x09", 1)), 1920U);      // two frames
  EXPECT_EQ(opus_samples(std::string("\x0B\x03", 2)), 2880U);  // three
  EXPECT_EQ(opus_samples(std::string("\x0B", 1)), 0U);         // the count is missing
  EXPECT_EQ(opus_samples(std::string("\x1B\x3F", 2)), 0U);     // longer than 120 ms
  EXPECT_EQ(opus_samples(""), 0U);
}

// RFC 3533 6: the CRC of a page, computed here bit by bit over the page with a zero in its place.
std::uint32_t crc_of(std::string page) {
  page.replace(22, 4, 4, '\0');
  std::uint32_t sum = 0;
  for (const char c : page) {
    sum ^= std::uint32_t{static_cast<unsigned char>(c)} << 24;
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 0x80000000U) != 0 ? (sum << 1) ^ 0x04C11DB7U : sum << 1;
  }
  return sum;
}

TEST(OggOpusTest, PagesHoldAllPacketsWithTheirChecksumAndTime) {
  std::string packets;
  std::string joined;
  for (int i = 0; i < 300; ++i) {  // more than one page: 255 lacing values at most
    const std::string packet = '\x18' + std::string(static_cast<std::size_t>(i), static_cast<char>(i));
    packets += with_length(packet);
    joined += packet;
  }
  const auto file = to_ogg_opus(packets, 16'000);
  ASSERT_TRUE(file.has_value());
  std::string_view left = *file;
  std::string found;
  std::uint64_t granule = 0;
  int number = 0;
  while (!left.empty()) {
    ASSERT_TRUE(left.starts_with("OggS"));
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(left[at]); };
    const std::size_t segments = byte(26);
    std::size_t body = 0;
    for (std::size_t i = 0; i < segments; ++i) body += byte(27 + i);
    const std::string page(left.substr(0, 27 + segments + body));
    EXPECT_EQ(crc_of(page), byte(22) | byte(23) << 8 | byte(24) << 16 | std::uint32_t{byte(25)} << 24);
    EXPECT_EQ(byte(18), number);
    granule = 0;
    for (std::size_t i = 0; i < 8; ++i) granule |= std::uint64_t{byte(6 + i)} << (8 * i);
    if (number == 0) {
      EXPECT_THAT(page, testing::HasSubstr("OpusHead"));
    }
    if (number == 1) {
      EXPECT_THAT(page, testing::HasSubstr("OpusTags"));
    }
    if (number > 1) found += page.substr(27 + segments);
    EXPECT_EQ(byte(5), number == 0 ? 2 : page.size() == left.size() ? 4 : 0);
    left.remove_prefix(page.size());
    ++number;
  }
  EXPECT_GT(number, 3);
  EXPECT_EQ(found, joined);
  EXPECT_EQ(granule, 312U + 300U * 2880U);
}

TEST(OggOpusTest, WhatIsCutShortOrNoOpusIsRefused) {
  EXPECT_EQ(to_ogg_opus(std::string("\x00", 1), 16'000), std::nullopt);
  EXPECT_EQ(to_ogg_opus(std::string("\x00\x05\x18", 3), 16'000), std::nullopt);
  EXPECT_EQ(to_ogg_opus(std::string("\x00\x00", 2), 16'000), std::nullopt);
}

TEST(OggOpusTest, PagesAreAsSmallAsAsked) {
  std::string packets;
  for (int i = 0; i < 33; ++i) packets += with_length("\x18" + std::string(100, 'x'));
  const auto file = to_ogg_opus(packets, 24'000, 16);
  ASSERT_TRUE(file.has_value());
  std::vector<int> sizes;
  for (std::size_t at = 0; (at = file->find("OggS", at)) != std::string::npos; ++at)
    sizes.push_back(static_cast<unsigned char>((*file)[at + 26]));
  EXPECT_THAT(sizes, testing::ElementsAre(1, 1, 16, 16, 1));
  const std::size_t last = file->rfind("OggS");
  EXPECT_EQ((*file)[last + 5], 4) << "the end of the stream is told on the last page";
}

}  // namespace
}  // namespace earshot::audio
