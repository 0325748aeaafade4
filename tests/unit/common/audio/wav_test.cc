#include "common/audio/wav.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>

namespace earshot {
namespace {

// A file with one of its parts changed: the fields of the format chunk begin at byte 20.
Bytes file_with(std::size_t at, std::initializer_list<std::uint8_t> bytes) {
  Bytes file = format_wav({.samples = {1, 2, 3, 4}, .sample_rate_hz = 16000});
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
  return file;
}

TEST(Wav, GivesBackWhatItWrote) {
  const Pcm clip{.samples = {0, 1, -1, 32767, -32768}, .sample_rate_hz = 22050};
  const Pcm back = parse_wav(format_wav(clip)).value();
  EXPECT_EQ(back.samples, clip.samples);
  EXPECT_EQ(back.sample_rate_hz, 22050);
}

TEST(Wav, MixesStereoDown) {
  const Bytes file = file_with(22, {2});  // channels
  EXPECT_EQ(parse_wav(file).value().samples, (std::vector<std::int16_t>{1, 3}));
}

TEST(Wav, SkipsUnknownChunksWithTheirPadding) {
  Bytes file = format_wav({.samples = {7, 8}, .sample_rate_hz = 16000});
  const Bytes list = {'L', 'I', 'S', 'T', 3, 0, 0, 0, 'a', 'b', 'c', 0};
  file.insert(file.begin() + 12, list.begin(), list.end());
  EXPECT_EQ(parse_wav(file).value().samples, (std::vector<std::int16_t>{7, 8}));
}

TEST(Wav, EndsWithTheFileWhenTheDataClaimsMore) {
  const Bytes file = file_with(40, {0xFF, 0xFF, 0xFF, 0xFF});
  EXPECT_EQ(parse_wav(file).value().samples.size(), 4u);
}

struct Broken {
  const char* name;
  Bytes file;
};
class BrokenWav : public testing::TestWithParam<Broken> {};

TEST_P(BrokenWav, IsRefused) {
  EXPECT_FALSE(parse_wav(GetParam().file).ok());
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenWav,
    testing::Values(Broken{"empty", {}}, Broken{"not_riff", file_with(0, {'X'})},
                    Broken{"not_wave", file_with(8, {'X'})}, Broken{"adpcm", file_with(20, {2})},
                    Broken{"float_of_16_bits", file_with(20, {3})}, Broken{"no_bits", file_with(34, {0})},
                    Broken{"64_bit_integers", file_with(34, {64})}, Broken{"no_channel", file_with(22, {0})},
                    Broken{"six_channels", file_with(22, {6})},
                    Broken{"no_rate", file_with(24, {0, 0, 0, 0})},
                    Broken{"absurd_rate", file_with(24, {0xFF, 0xFF, 0xFF, 0xFF})},
                    Broken{"short_format", file_with(16, {4})}, Broken{"no_data", file_with(36, {'x'})}),
    [](const testing::TestParamInfo<Broken>& broken) { return std::string(broken.param.name); });

TEST(Wav, SurvivesEveryTruncationAndFlippedByte) {
  const Bytes whole = format_wav({.samples = {1, 2, 3, 4}, .sample_rate_hz = 16000});
  for (std::size_t length = 0; length < whole.size(); ++length)
    (void)parse_wav(ByteView(whole).first(length)).ok();
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    Bytes file = whole;
    for (int k = 0; k < 4; ++k) file[random() % file.size()] = static_cast<std::uint8_t>(random());
    const auto clip = parse_wav(file);
    if (clip.ok()) {
      EXPECT_LE(clip->samples.size(), file.size());
    }
  }
}

TEST(Wav, ReadsAndWritesFiles) {
  const std::string path = testing::TempDir() + "earshot_wav_test_" + std::to_string(::getpid()) + ".wav";
  ASSERT_TRUE(write_wav_file(path, {.samples = {5, 6}, .sample_rate_hz = 24000}).ok());
  EXPECT_EQ(read_wav_file(path).value().samples, (std::vector<std::int16_t>{5, 6}));
  std::remove(path.c_str());
  EXPECT_EQ(read_wav_file(path).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(write_wav_file("/nonexistent/folder/a.wav", {}).ok());
}

TEST(Wav, RefusesAFolder) {
  EXPECT_FALSE(read_wav_file(std::filesystem::temp_directory_path().string()).ok());
}

}  // namespace
}  // namespace earshot
