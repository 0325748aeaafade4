#include "worker/stage_times.h"

#include <gtest/gtest.h>

#include "worker/providers/asr/asr_factory.h"
#include "worker/providers/llm/llm_factory.h"
#include "worker/providers/tts/tts_factory.h"

namespace earshot::worker {
namespace {

constexpr Milliseconds kUsual{15'000};

ProviderChoice<LlmSettings> models() {
  ProviderChoice<LlmSettings> choice{.known = {}, .order = {}, .patience = Milliseconds(6000)};
  choice.known.emplace("quick", OpenAiSettings{});
  choice.known.emplace("home", OllamaSettings{});
  return choice;
}

TEST(StageTimes, AModelThatIsLoadedFirstHasItsMinute) {
  const StageTimes times = stage_times<LlmSettings>({"home"}, models(), kUsual);
  EXPECT_EQ(times.limits.longest, Milliseconds(60'000));
  EXPECT_EQ(times.stage, Milliseconds(60'000) + kEmbeddedTakes);
}

TEST(StageTimes, OneInFrontOfAnotherHasThePatienceBesideIt) {
  const StageTimes times = stage_times<LlmSettings>({"quick", "home"}, models(), kUsual);
  EXPECT_EQ(times.limits.patience, Milliseconds(6000));
  EXPECT_EQ(times.limits.longest, Milliseconds(60'000));
  EXPECT_EQ(times.stage, Milliseconds(66'000) + kEmbeddedTakes);
}

TEST(StageTimes, ATimeoutOfTheFileBoundsThemAll) {
  ProviderChoice<LlmSettings> choice = models();
  choice.timeout_given = true;
  const StageTimes times = stage_times<LlmSettings>({"home"}, choice, Milliseconds(20'000));
  EXPECT_EQ(times.stage, Milliseconds(20'000));
  EXPECT_EQ(times.limits.longest, Milliseconds(20'000) - kEmbeddedTakes);
}

TEST(StageTimes, APatienceOfTheFileHoldsInFrontOfTheEmbeddedEngineToo) {
  ProviderChoice<LlmSettings> choice = models();
  choice.patience_given = true;
  const StageTimes times = stage_times<LlmSettings>({"home"}, choice, kUsual);
  EXPECT_EQ(times.limits.longest, Milliseconds(6000));
  EXPECT_EQ(times.stage, kUsual);
}

TEST(StageTimes, TheEmbeddedEngineAloneHasTheUsualTime) {
  EXPECT_EQ(stage_times<LlmSettings>({}, models(), kUsual).stage, kUsual);
}

TEST(StageTimes, EachKindOfServiceHasTheTimeOfItsOwnSettings) {
  OpenaiAsrSettings recogniser;
  recogniser.deadlines.first_byte = Milliseconds(20'000);
  EXPECT_EQ(own_deadline(AsrSettings(recogniser)), Milliseconds(20'000));
  FunasrSettings streaming;
  streaming.timeouts.final = Milliseconds(7000);
  EXPECT_EQ(own_deadline(AsrSettings(streaming)), Milliseconds(7000));
  GptSovitsTtsSettings voice;
  voice.deadlines.connect = Milliseconds(1000);
  voice.deadlines.first_audio = Milliseconds(20'000);
  EXPECT_EQ(own_deadline(TtsSettings(voice)), Milliseconds(21'000));
  EXPECT_EQ(own_deadline(AsrSettings(PocketSphinxConfig{})), Milliseconds(0));
}

}  // namespace
}  // namespace earshot::worker
