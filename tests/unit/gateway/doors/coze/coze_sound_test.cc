#include "gateway/doors/coze/coze_sound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CozeSoundTest, SamplesOf16BitsAndOneChannelAreAsTheyWere) {
  CozeSound sound;
  EXPECT_THAT(sound.read(Bytes{1, 2, 3}, {}), ElementsAre(1, 2));
  EXPECT_THAT(sound.read(Bytes{4}, {}), ElementsAre(3, 4));  // the other half of a sample
}

TEST(CozeSoundTest, TwoChannelsAreMixed) {
  CozeSettings stereo;
  stereo.input_channels = 2;
  CozeSound sound;
  EXPECT_THAT(sound.read(Bytes{0x00, 0x10, 0x00, 0x20}, stereo), ElementsAre(0x00, 0x18));
  EXPECT_THAT(sound.read(Bytes{0x00, 0xF0, 0x00, 0xE0}, stereo), ElementsAre(0x00, 0xE8));  // below zero
}

TEST(CozeSoundTest, OtherDepthsAreMade16Bits) {
  CozeSettings deep;
  deep.input_bit_depth = 24;
  CozeSound sound;
  EXPECT_THAT(sound.read(Bytes{0xAA, 0x34, 0x12}, deep), ElementsAre(0x34, 0x12));
  CozeSettings flat;
  flat.input_bit_depth = 8;
  CozeSound other;
  EXPECT_THAT(other.read(Bytes{128, 0}, flat), ElementsAre(0, 0, 0x00, 0x80));
}

TEST(CozeSoundTest, AHeaderInFrontIsSkippedOnce) {
  Bytes wav{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 2, 0, 0, 0, 9, 9};
  const Bytes data{'d', 'a', 't', 'a', 4, 0, 0, 0, 1, 2, 3, 4};
  wav.insert(wav.end(), data.begin(), data.end());
  CozeSound sound;
  EXPECT_THAT(sound.read(wav, {}), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(sound.read(wav, {}).size(), wav.size());
  sound.begin();
  EXPECT_THAT(sound.read(wav, {}), ElementsAre(1, 2, 3, 4));
}

TEST(CozeSoundTest, AChunkThatClaimsMoreThanThereIsEndsTheSearch) {
  Bytes wav{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 255, 255, 255, 255, 9, 9};
  CozeSound sound;
  EXPECT_THAT(sound.read(wav, {}), IsEmpty());
}

}  // namespace
}  // namespace earshot::gateway
