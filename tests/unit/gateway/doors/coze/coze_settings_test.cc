#include "gateway/doors/coze/coze_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace earshot::gateway {
namespace {

using testing::HasSubstr;

std::optional<CozeError> update(CozeSettings& settings, std::string_view text) {
  return apply_update(*json::parse_object(text, 1 << 20), settings);
}

TEST(CozeSettingsTest, WithoutAnUpdateTheServicesDefaultsHold) {
  const json::object shown = settings_json({}, "1");
  EXPECT_EQ(json::serialize(shown.at("input_audio")),
            R"({"format":"wav","codec":"pcm","sample_rate":24000,"channel":1,"bit_depth":16})");
  EXPECT_EQ(shown.at("output_audio").at("codec"), "pcm");
  EXPECT_EQ(shown.at("output_audio").at("pcm_config").at("sample_rate"), 24000);
  EXPECT_EQ(shown.at("turn_detection").at("type"), "client_interrupt");
}

TEST(CozeSettingsTest, AnUpdateChangesWhatItNames) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"turn_detection":{"type":"server_vad","silence_duration_ms":800}})"));
  EXPECT_FALSE(update(settings, R"({"turn_detection":{"prefix_padding_ms":100},"input_audio":null})"));
  EXPECT_TRUE(settings.server_vad);
  EXPECT_EQ(settings.silence_ms, 800U);
  EXPECT_EQ(settings.prefix_padding_ms, 100U);
}

TEST(CozeSettingsTest, AWrongUpdateChangesNothing) {
  CozeSettings settings;
  const auto wrong =
      update(settings, R"({"input_audio":{"sample_rate":16000},"output_audio":{"codec":"mp3"}})");
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(wrong->code, CozeError::kBadRequest);
  EXPECT_FALSE(settings.input_rate_hz.has_value());
}

TEST(CozeSettingsTest, OpusWithoutARateIsOfTheClientsOwn) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"output_audio":{"codec":"opus"}})"));
  EXPECT_EQ(settings.output().sample_rate_hz, 24'000U);
  EXPECT_FALSE(update(settings, R"({"input_audio":{"sample_rate":16000}})"));
  EXPECT_EQ(settings.output().sample_rate_hz, 16'000U);
  EXPECT_FALSE(update(settings, R"({"output_audio":{"opus_config":{"sample_rate":48000}}})"));
  EXPECT_EQ(settings.output().sample_rate_hz, 48'000U);
}

TEST(CozeSettingsTest, G711HasOneRateWhateverIsNamed) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"input_audio":{"codec":"g711a","sample_rate":16000},
      "output_audio":{"codec":"g711u","pcm_config":{"sample_rate":16000}}})"));
  EXPECT_EQ(settings.input(), (CallFormat{SoundCodec::kAlaw, 8000}));
  EXPECT_EQ(settings.output(), (CallFormat{SoundCodec::kUlaw, 8000}));
}

TEST(CozeSettingsTest, FramesOfAWorkerFitItsLink) {
  for (const std::uint32_t rate : {8000U, 16'000U, 22'050U, 24'000U, 32'000U, 44'100U, 48'000U}) {
    CozeSettings settings;
    settings.pcm_rate_hz = rate;
    EXPECT_LE(settings.output().bytes_in(settings.down_frame_ms()), 1276U) << rate;
    EXPECT_EQ(rate * settings.down_frame_ms() % 1000, 0U) << rate;
  }
}

TEST(CozeSettingsTest, AWorkerHasNoFramesOf2Point5Ms) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"output_audio":{"codec":"opus","opus_config":{"frame_size_ms":2.5}}})"));
  EXPECT_EQ(settings.down_frame_ms(), 5U);
}

TEST(CozeSettingsTest, AKeywordIsFoundWhateverStandsBetweenItsWords) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"turn_detection":{"type":"server_vad",
      "interrupt_config":{"mode":"keyword_contains","keywords":["hello coze","扣子"]}}})"));
  EXPECT_TRUE(settings.is_keyword_in("Well, Hello, Coze!"));
  EXPECT_TRUE(settings.is_keyword_in("你好，扣子。"));
  EXPECT_FALSE(settings.is_keyword_in("hello"));
}

TEST(CozeSettingsTest, TheLanguageOfRecognisersIsTold) {
  CozeSettings settings;
  EXPECT_FALSE(update(settings, R"({"asr_config":{"user_language":"cant"}})"));
  EXPECT_EQ(session_open(settings, "s", "a", "c").language(), "yue");
  EXPECT_FALSE(update(settings, R"({"asr_config":{"user_language":"common"}})"));
  EXPECT_EQ(session_open(settings, "s", "a", "c").language(), "");
}

class CozeSettingsRefusalTest : public testing::TestWithParam<std::string_view> {};

TEST_P(CozeSettingsRefusalTest, IsToldWithTheMember) {
  CozeSettings settings;
  const auto wrong = update(settings, GetParam());
  ASSERT_TRUE(wrong.has_value()) << GetParam();
  EXPECT_THAT(wrong->message, HasSubstr(":"));
}

INSTANTIATE_TEST_SUITE_P(
    All, CozeSettingsRefusalTest,
    testing::Values(
        R"({"input_audio":5})", R"({"input_audio":{"codec":"mp3"}})",
        R"({"input_audio":{"sample_rate":11025}})", R"({"input_audio":{"sample_rate":"16000"}})",
        R"({"input_audio":{"channel":3}})", R"({"input_audio":{"bit_depth":12}})",
        R"({"input_audio":{"format":"ogg"}})", R"({"input_audio":{"format":"mp3","codec":"opus"}})",
        R"({"output_audio":{"opus_config":{"frame_size_ms":30}}})",
        R"({"output_audio":{"opus_config":{"frame_size_ms":-1}}})",
        R"({"output_audio":{"opus_config":{"frame_size_ms":1e300}}})",
        R"({"output_audio":{"opus_config":{"sample_rate":22050}}})",
        R"({"output_audio":{"pcm_config":{"frame_size_ms":100000}}})",
        R"({"output_audio":{"pcm_config":{"limit_config":{"period":0}}}})",
        R"({"output_audio":{"pcm_config":{"limit_config":{"max_frame_num":1000000000}}}})",
        R"({"output_audio":{"speech_rate":101}})", R"({"turn_detection":{"type":"semantic_vad"}})",
        R"({"turn_detection":{"silence_duration_ms":-1}})",
        R"({"turn_detection":{"interrupt_config":{"keywords":["a","b","c","d","e","f"]}}})",
        R"({"turn_detection":{"interrupt_config":{"keywords":[""]}}})", R"({"event_subscriptions":"all"})",
        R"({"event_subscriptions":[5]})", R"({"chat_config":{"parameters":{"tools":[{"name":""}]}}})",
        R"({"chat_config":{"parameters":{"tools":{}}}})", R"({"asr_config":"en"})"));

TEST(CozeSettingsTest, WhatIsOnlyToldBackIsBounded) {
  CozeSettings settings;
  const std::string large(CozeSettings::kMaxEchoBytes, 'x');
  EXPECT_TRUE(update(settings, R"({"asr_config":{"context":")" + large + R"("}})"));
  EXPECT_TRUE(update(settings, R"({"chat_config":{"user_id":")" + large + R"("}})"));
}

}  // namespace
}  // namespace earshot::gateway
