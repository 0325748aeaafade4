#include "worker/providers/tts/tts_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace earshot::worker {
namespace {

using testing::HasSubstr;

template <class Settings>
Settings read(const std::string& yaml) {
  ConfigReader reader = ConfigReader::parse(yaml, "test.yaml");
  ConfigSection root = reader.root();
  const TtsSettings settings = read_tts(root);
  reader.finish();
  return std::get<Settings>(settings);
}

TEST(TtsFactory, ReadsEachTypeAndRefusesWhatItDoesNotKnow) {
  ::setenv("TTS_TEST_KEY", "key", 1);
  EXPECT_EQ(read<EmbeddedTtsConfig>("default_language: de-DE").default_language, "de-DE");
  EXPECT_EQ(read<OpenAiTtsSettings>("type: openai\napi_key_env: TTS_TEST_KEY\nvoice: nova").voice, "nova");
  EXPECT_EQ(read<EdgeTtsSettings>("type: edge\nvoices: {de: de-DE-ConradNeural}").voices.at("de"),
            "de-DE-ConradNeural");
  EXPECT_EQ(read<DashScopeTtsSettings>("type: dashscope\nvolume: 70").voice.volume, 70);
  EXPECT_EQ(read<VolcengineTtsSettings>("type: volcengine\npitch: -3").voice.pitch, -3);
  EXPECT_EQ(read<GptSovitsTtsSettings>("type: gpt_sovits\nref_audio_path: a.wav").ref_audio_path, "a.wav");
  EXPECT_EQ(*read<ElevenLabsTtsSettings>("type: elevenlabs\nspeed: 1.1").voice.speed, 1.1);
  for (const char* bad : {"type: nobody", "type: openai\nresponse_format: opus", "type: gpt_sovits",
                          "type: elevenlabs\nvoice_id: ../x", "type: edge\nunknown: 1"}) {
    EXPECT_THROW(read<EmbeddedTtsConfig>(bad), ConfigError) << bad;
  }
}

TEST(TtsFactory, AMissingKeyIsSaidBeforeTheFirstSentence) {
  asio::io_context io{1};
  asio::thread_pool pool{1};
  HttpClient http(io);
  const SystemClock clock;
  const ProviderContext context{io, pool, http, clock};
  for (const TtsSettings& settings :
       {TtsSettings(DashScopeTtsSettings{}), TtsSettings(VolcengineTtsSettings{}),
        TtsSettings(ElevenLabsTtsSettings{})}) {
    const auto made = make_tts(settings, context);
    ASSERT_FALSE(made.ok());
    EXPECT_THAT(made.error().message, HasSubstr("api_key_env"));
  }
  EXPECT_TRUE(make_tts(EdgeTtsSettings{}, context).ok());
  pool.join();
}

TEST(TtsFactory, OpenAiSpeaksAWishWithVoicesThatItsModelHas) {
  OpenAiTtsSettings settings;
  EXPECT_EQ(openai_voice(settings, "marin"), "marin");
  EXPECT_EQ(openai_voice(settings, "nobody"), "alloy");
  settings.model = "tts-1-hd";
  EXPECT_EQ(openai_voice(settings, "marin"), "alloy");
  EXPECT_EQ(openai_voice(settings, "nova"), "nova");
}

TEST(TtsFactory, EdgeChoosesAVoiceByLanguage) {
  EdgeTtsSettings settings;
  EXPECT_EQ(choose_edge_voice(settings, "zh-TW"), "zh-TW-HsiaoChenNeural");
  EXPECT_EQ(choose_edge_voice(settings, "de-AT"), "de-DE-KatjaNeural");
  EXPECT_EQ(choose_edge_voice(settings, "xx"), "en-US-AriaNeural");
  settings.voices["de"] = "mine";
  EXPECT_EQ(choose_edge_voice(settings, "de-AT"), "mine");
  settings.voice = "always";
  EXPECT_EQ(choose_edge_voice(settings, "zh"), "always");
}

}  // namespace
}  // namespace earshot::worker
