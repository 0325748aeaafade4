// Silero on synthetic speech and on rooms in which nobody speaks. Those that hear need the model itself.
#include "worker/providers/vad/silero_vad.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/fakes/models_folder.h"
#include "tests/fakes/noise_maker.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/embedded_vad.h"
#include "worker/providers/vad/silero_model.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::worker {
namespace {

using fakes::heard_through_device;
using fakes::RoomSound;
using fakes::say;
using fakes::Speaker;

constexpr const char* kSileroFile = "silero-vad/silero_vad_16k_sequence.onnx";
constexpr const char* kOnnxLibrary = "lib/libonnxruntime.so";
constexpr std::size_t kPacketFrames = 3;  // 60 ms

std::vector<float> as_floats(const Pcm& pcm) {
  std::vector<float> samples(pcm.samples.size());
  std::ranges::transform(pcm.samples, samples.begin(),
                         [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  samples.resize(samples.size() / kSileroWindowSamples * kSileroWindowSamples);
  return samples;
}

// Reads `at_once` windows a call.
std::vector<float> probabilities(SileroStream& stream, const std::vector<float>& samples,
                                 std::size_t at_once) {
  std::vector<float> all(samples.size() / kSileroWindowSamples);
  for (std::size_t at = 0; at < all.size(); at += at_once) {
    const std::size_t count = std::min(at_once, all.size() - at);
    const auto done =
        stream.judge(std::span(samples).subspan(at * kSileroWindowSamples, count * kSileroWindowSamples),
                     std::span(all).subspan(at, count));
    EXPECT_TRUE(done.ok()) << done.error().message;
  }
  return all;
}

// "1" for each frame that is speech, `at_once` frames a call.
std::string verdicts(Vad& vad, const Pcm& pcm, std::size_t at_once = kPacketFrames) {
  std::string all;
  std::array<bool, 8> speech{};
  const std::size_t frames = pcm.samples.size() / kVadFrameSamples;
  for (std::size_t at = 0; at < frames; at += at_once) {
    const std::size_t count = std::min(at_once, frames - at);
    vad.judge_frames(std::span(pcm.samples).subspan(at * kVadFrameSamples, count * kVadFrameSamples),
                     std::span(speech).first(count));
    for (std::size_t i = 0; i < count; ++i) all += speech[i] ? '1' : '0';
  }
  return all;
}

double share(std::string_view verdicts) {
  return verdicts.empty()
             ? 0
             : static_cast<double>(std::ranges::count(verdicts, '1')) / static_cast<double>(verdicts.size());
}

class SileroTest : public testing::Test {
 protected:
  void SetUp() override {
    models_ = fakes::models_folder({kOnnxLibrary, kSileroFile});
    if (!models_) GTEST_SKIP() << fakes::kNoModels;
    auto model = load_silero(*models_);
    ASSERT_TRUE(model.ok()) << model.error().message;
    model_ = std::move(*model);
  }
  std::unique_ptr<SileroStream> stream() const { return SileroStream::create(*model_).value(); }
  std::unique_ptr<VadProvider> provider(int detectors = 10) const {
    return make_silero_vad(model_, detectors, make_embedded_vad({}).value());
  }

  std::optional<std::string> models_;
  std::shared_ptr<const onnx::ModelSession> model_;
};

TEST_F(SileroTest, ReadsWindowsTogetherAsOneByOne) {
  const auto samples = as_floats(say(Speaker::kSlt, "turn the volume up to fifty percent please"));
  const auto alone = probabilities(*stream(), samples, 1);
  for (const std::size_t at_once : {2U, 3U, 7U}) {
    const auto together = probabilities(*stream(), samples, at_once);
    ASSERT_EQ(together.size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(together[i], alone[i], 1e-4) << i;
  }
  EXPECT_GT(*std::ranges::max_element(alone), 0.9);
}

TEST_F(SileroTest, KeepsTheStreamsOfOneModelApart) {
  const auto voice = as_floats(say(Speaker::kRms, "what time is it in the mountains"));
  const auto noise = as_floats(fakes::room_sound(RoomSound::kMotor, 3, 1));
  const auto expected = probabilities(*stream(), voice, 1);
  const auto one = stream();
  const auto other = stream();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::size_t at = i * kSileroWindowSamples;
    float heard = 0;
    float unheard = 0;
    ASSERT_TRUE(one->judge(std::span(voice).subspan(at, kSileroWindowSamples), {&heard, 1}).ok());
    const std::size_t elsewhere = at % noise.size();
    ASSERT_TRUE(other->judge(std::span(noise).subspan(elsewhere, kSileroWindowSamples), {&unheard, 1}).ok());
    EXPECT_EQ(heard, expected[i]) << i;
  }
}

TEST_F(SileroTest, ForgetsEverythingWhenReset) {
  const auto quiet = as_floats(fakes::room_sound(RoomSound::kWhite, 1, 1, 100));
  const auto voice = as_floats(say(Speaker::kSlt, "hello there"));
  const auto fresh = probabilities(*stream(), quiet, 1);
  const auto used = stream();
  probabilities(*used, voice, 2);
  used->reset();
  EXPECT_EQ(probabilities(*used, quiet, 1), fresh);

  const Pcm spoken = say(Speaker::kSlt, "hello there");
  const auto vad = provider()->create();
  const std::string first = verdicts(*vad, spoken);
  verdicts(*vad, {.samples = std::vector<std::int16_t>(kVadFrameSamples, 9000), .sample_rate_hz = 16000}, 1);
  vad->reset();
  EXPECT_EQ(verdicts(*vad, spoken), first);
}

TEST_F(SileroTest, GivesAPacketTheVerdictsOfItsFrames) {
  const Pcm heard = heard_through_device(say(Speaker::kSlt, "is there anything that you can do"));
  const std::string frame_by_frame = verdicts(*provider()->create(), heard, 1);
  EXPECT_EQ(verdicts(*provider()->create(), heard, 3), frame_by_frame);
  EXPECT_EQ(verdicts(*provider()->create(), heard, 6), frame_by_frame);
  EXPECT_GT(share(frame_by_frame), 0.4);
}

TEST_F(SileroTest, HearsNobodyInTenKindsOfNoise) {
  for (const RoomSound sound : fakes::kRoomSounds) {
    for (const double peak : {1000.0, 12'000.0}) {
      const Pcm room = fakes::room_sound(sound, 20, 7, peak);
      EXPECT_EQ(share(verdicts(*provider()->create(), room)), 0) << name(sound) << " at " << peak;
    }
  }
}

TEST_F(SileroTest, HearsEachVoiceAndItsEnd) {
  for (const Speaker speaker : {Speaker::kSlt, Speaker::kRms, Speaker::kAwb, Speaker::kEspeakUs}) {
    const Pcm voice = say(speaker, "what is the weather like in the mountains today");
    const Pcm heard = heard_through_device(voice, {.silence_before_ms = 1000, .silence_after_ms = 1500});
    const std::string all = verdicts(*provider()->create(), heard);
    const std::size_t begins = 1000 / kVadFrameMs;
    const std::size_t ends = begins + voice.samples.size() / kVadFrameSamples;
    EXPECT_GT(share(std::string_view(all).substr(begins, ends - begins)), 0.7) << name(speaker);
    EXPECT_EQ(share(std::string_view(all).substr(0, begins)), 0) << name(speaker);
    // Silero lets go of a voice within a fifth of a second.
    EXPECT_EQ(share(std::string_view(all).substr(ends + 10)), 0) << name(speaker);
  }
}

TEST_F(SileroTest, RestingInAQuietRoomChangesNoVerdict) {
  Pcm heard = heard_through_device(say(Speaker::kSlt, "one moment"), {.silence_after_ms = 3000});
  const Pcm more = heard_through_device(say(Speaker::kRms, "yes, and now this"), {.silence_after_ms = 2000});
  heard.samples.insert(heard.samples.end(), more.samples.begin(), more.samples.end());
  heard.samples.resize(heard.samples.size() / kSileroWindowSamples * kSileroWindowSamples);

  const auto asked = probabilities(*stream(), as_floats(heard), 2);
  const std::string told = verdicts(*provider()->create(), heard);
  bool speech = false;
  std::size_t differ = 0;
  for (std::size_t window = 0; window < asked.size(); ++window) {
    if (asked[window] >= kSileroSpeechBegins) speech = true;
    if (asked[window] < kSileroSpeechEnds) speech = false;
    const std::size_t frame =
        ((window + 1) * kSileroWindowSamples + kVadFrameSamples - 1) / kVadFrameSamples - 1;
    if (frame < told.size()) differ += speech != (told[frame] == '1');
  }
  EXPECT_EQ(differ, 0U);
}

TEST_F(SileroTest, HearsSoManyAndLeavesTheRestToTheEmbeddedOne) {
  const auto vads = provider(2);
  const Pcm tone = fakes::room_sound(RoomSound::kTone, 3, 1);
  const std::string embedded = verdicts(*make_embedded_vad({}).value()->create(), tone);
  ASSERT_GT(share(embedded), 0.2);  // which tells the two apart
  const auto first = vads->create();
  auto second = vads->create();
  const auto third = vads->create();
  EXPECT_EQ(share(verdicts(*first, tone)), 0);
  EXPECT_EQ(share(verdicts(*second, tone)), 0);
  EXPECT_EQ(verdicts(*third, tone), embedded);
  second.reset();
  EXPECT_EQ(share(verdicts(*vads->create(), tone)), 0);
}

TEST_F(SileroTest, IsTheLocalDetectorWhereTheModelsAre) {
  const Pcm tone = fakes::room_sound(RoomSound::kTone, 3, 1);
  EXPECT_EQ(share(verdicts(*make_vad({}, *models_).value()->create(), tone)), 0);
}

TEST_F(SileroTest, RefusesAnotherModelInItsPlace) {
  const std::string folder = testing::TempDir() + "other_silero_" + std::to_string(::getpid());
  std::filesystem::create_directories(folder + "/silero-vad");
  std::filesystem::create_directory_symlink(*models_ + "/lib", folder + "/lib");
  // A form of the same network that reads one window a run: its inputs have other names.
  const std::string other = *models_ + "/silero-vad/silero_vad.onnx";
  if (std::filesystem::exists(other)) {
    std::filesystem::copy_file(other, folder + "/" + kSileroFile);
    EXPECT_EQ(load_silero(folder).error().code, ErrorCode::kInvalid);
    std::filesystem::remove(folder + "/" + kSileroFile);
  }
  std::filesystem::copy_file(*models_ + "/" + kSileroFile, folder + "/" + kSileroFile);
  EXPECT_TRUE(load_silero(folder).ok());
  std::filesystem::resize_file(folder + "/" + kSileroFile, 600'000);
  EXPECT_EQ(load_silero(folder).error().code, ErrorCode::kInvalid);
  std::filesystem::remove_all(folder);
}

TEST(LocalDetector, IsTheEmbeddedOneWithoutModels) {
  const std::string folder = testing::TempDir() + "no_silero_" + std::to_string(::getpid());
  std::filesystem::create_directories(folder + "/silero-vad");
  std::filesystem::create_directories(folder + "/lib");
  const Pcm tone = fakes::room_sound(RoomSound::kTone, 3, 1);
  const std::string embedded = verdicts(*make_embedded_vad({}).value()->create(), tone);
  const auto heard_with = [&](const std::string& models) {
    auto made = make_vad({}, models);
    EXPECT_TRUE(made.ok());
    return verdicts(*made.value()->create(), tone);
  };
  EXPECT_EQ(heard_with(""), embedded);
  EXPECT_EQ(heard_with(folder + "/nowhere"), embedded);
  EXPECT_EQ(heard_with(folder), embedded);
  std::ofstream(folder + "/" + kSileroFile) << "no model";
  std::ofstream(folder + "/" + kOnnxLibrary) << "no library";
  EXPECT_EQ(heard_with(folder), embedded);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace earshot::worker
