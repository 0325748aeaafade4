#include "common/audio/wav_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "common/audio/wav.h"

namespace earshot {
namespace {

using Samples = std::vector<std::int16_t>;

Bytes file(const Samples& samples, int rate_hz = 24000) {
  return format_wav({.samples = samples, .sample_rate_hz = rate_hz});
}

Bytes claiming(Bytes written, std::uint32_t size) {
  for (std::size_t i = 0; i < 4; ++i) written[40 + i] = static_cast<std::uint8_t>(size >> (8 * i));
  return written;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Result<Pcm> play_wav(ByteView bytes, std::size_t piece) {
  WavStream stream;
  Pcm heard;
  const auto take = [&](Result<Pcm> some) -> Status {
    if (!some) return some.error();
    if (!some->samples.empty()) heard.sample_rate_hz = some->sample_rate_hz;
    heard.samples.insert(heard.samples.end(), some->samples.begin(), some->samples.end());
    return kDone;
  };
  while (!bytes.empty()) {
    const ByteView front = bytes.first(std::min(piece, bytes.size()));
    if (Status status = take(stream.feed(front)); !status) return status.error();
    bytes = bytes.subspan(front.size());
  }
  if (Status status = take(stream.finish()); !status) return status.error();
  return heard;
}

void expect_heard(const Bytes& bytes, const Samples& samples) {
  for (const std::size_t piece : {1u, 2u, 5u, 7u, 50u, 1000u}) {
    const auto heard = play_wav(bytes, piece);
    ASSERT_TRUE(heard.ok()) << heard.error().message;
    EXPECT_EQ(heard->samples, samples) << "in pieces of " << piece;
    EXPECT_EQ(heard->sample_rate_hz, 24000);
  }
}

TEST(WavStream, HearsFileAfterFile) {
  expect_heard(joined({file({1, 2, 3}), file({4, 5}), file({6})}), {1, 2, 3, 4, 5, 6});
}

TEST(WavStream, HearsFileAfterFileWhoseLengthsAreUnknown) {
  for (const std::uint32_t size : {0u, 0xFFFFFFFFu, 0x7FFFFFFFu, 1000u})
    expect_heard(joined({claiming(file({1, 2, 3}), size), claiming(file({4, 5}), size)}), {1, 2, 3, 4, 5});
}

TEST(WavStream, FindsTheNextFileBehindHalfASample) {
  expect_heard(joined({claiming(file({1, 2}), 0), {9}, file({3})}), {1, 2, 3});
}

TEST(WavStream, SkipsChunksBetweenFilesWithTheirPadding) {
  const Bytes list = {'L', 'I', 'S', 'T', 3, 0, 0, 0, 0x7F, 0x40, 0x7F, 0};
  expect_heard(joined({file({1, 2}), list, list, file({3})}), {1, 2, 3});
  expect_heard(joined({file({1, 2}), list, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, file({3})}), {1, 2});
}

TEST(WavStream, SamplesThatLookLikeTheFrontOfAHeaderAreHeard) {
  const Samples riff{0x4952, 0x4646, 0x0000, 0x0000, 0x4157, 0x4557, 0x4952};  // "RIFF" size "WAWE" "RI"
  expect_heard(claiming(file(riff), 0), riff);
  expect_heard(file(riff), riff);
}

TEST(WavStream, BringsLaterFilesToTheRateOfTheFirst) {
  const Samples second(4800, 1000);
  const auto heard = play_wav(joined({file(Samples(2400, 1000)), file(second, 48000)}), 100);
  ASSERT_TRUE(heard.ok());
  EXPECT_EQ(heard->sample_rate_hz, 24000);
  EXPECT_NEAR(static_cast<double>(heard->samples.size()), 4800, 24);
}

TEST(WavStream, RefusesWhatIsNoFile) {
  EXPECT_FALSE(play_wav(Bytes(100, 'x'), 7).ok());
  Bytes unusable = file({1});
  unusable[20] = 2;  // ADPCM
  EXPECT_FALSE(play_wav(unusable, 7).ok());
  EXPECT_FALSE(play_wav(joined({file({1}), unusable}), 7).ok());
}

}  // namespace
}  // namespace earshot
