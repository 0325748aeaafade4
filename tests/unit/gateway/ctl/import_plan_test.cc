#include "gateway/ctl/import_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kMoeChat = R"(
Core:
  sv: {is_up: false, master_audio: test.wav, thr: }
LLM:
  api: http://host:8080/v1/chat/completions
  key: sk-very-secret
  model: qwen
  extra_config: {"frequency_penalty": 0.0, "n": 1, temperature: 0.7}
GSV:
  api: http://host:9880/tts/
  text_lang: zh
  GPT_weight: a.ckpt
  ref_audio_path: /voices/a.wav
  prompt_text: 你好
  prompt_lang: zh
  aux_ref_audio_paths: [null]
  seed: -1
  ex_config: {text_split_method: cut0}
extra_ref_audio:
  开心: [/voices/happy.wav, 真好]
  傲娇: [/voices/proud.wav, 哼]
Agent:
  is_up: true
  char: Chat酱
  user: Ann
  long_memory: true
  is_core_mem: true
  mem_thresholds: 0.39
  lore_books: true
  scan_depth: 40
  char_settings: "{{char}} is a cat"
  char_personalities: proud
  mask:
  message_example: |-
    mes_example": "Hm.
  prompt: speak simply
)";

constexpr const char* kServer = R"(
server: {ip: 0.0.0.0, auth_key: hidden-key}
selected_module: {ASR: FunASR, VAD: SileroVAD, LLM: ChatGLMLLM, TTS: EdgeTTS, Memory: mem_local_short}
prompt: You are helpful.
exit_commands: [退出, 关闭]
end_prompt: {enable: true, prompt: say goodbye}
LLM:
  ChatGLMLLM: {type: openai, model_name: glm-4-flash, url: "https://open.bigmodel.cn/api/paas/v4/", api_key: glm-secret, temperature: "0.5"}
  OllamaLLM: {type: ollama, model_name: qwen2.5}
TTS:
  EdgeTTS: {type: edge, voice: zh-CN-XiaoxiaoNeural, output_dir: tmp/}
ASR:
  FunASR: {type: fun_local}
plugins: {get_weather: {api_key: weather-secret}}
)";

ImportPlan planned(std::string_view text) {
  auto plan = plan_import(text);
  EXPECT_TRUE(plan.ok());
  return plan ? std::move(*plan) : ImportPlan();
}

TEST(ImportPlan, TakesACharacterFromMoeChat) {
  const ImportPlan plan = planned(kMoeChat);
  EXPECT_EQ(plan.from, "MoeChat");
  EXPECT_EQ(
      json::serialize(plan.agent.at("character")),
      R"({"emotions":{"开心":"happy","傲娇":"neutral"},"name":"Chat酱","user":"Ann","settings":"{{char}} is a cat",)"
      R"("personality":"proud","examples":"mes_example\": \"Hm."})");
  EXPECT_EQ(plan.agent.at("prompt"), "speak simply");
  EXPECT_EQ(plan.agent.at("memory"), "full");
  EXPECT_EQ(plan.agent.at("documents").at("depth"), 8);
}

TEST(ImportPlan, TakesTheServicesOfMoeChat) {
  const ImportPlan plan = planned(kMoeChat);
  ASSERT_THAT(plan.providers, SizeIs(2));
  EXPECT_EQ(
      json::serialize(plan.providers[0].config),
      R"({"type":"openai","base_url":"http://host:8080/v1","model_name":"qwen","temperature":7E-1,"frequency_penalty":0})");
  EXPECT_EQ(plan.providers[0].secrets.at("api_key"), "sk-very-secret");
  const json::object& voice = plan.providers[1].config;
  EXPECT_EQ(voice.at("url"), "http://host:9880/tts");
  EXPECT_EQ(voice.at("text_split_method"), "cut0");
  EXPECT_EQ(voice.at("feelings").at("开心").at("ref_audio_path"), "/voices/happy.wav");
}

TEST(ImportPlan, SaysWhatItCouldNotTake) {
  const ImportPlan plan = planned(kMoeChat);
  EXPECT_THAT(plan.left, Contains("GSV.seed"));
  EXPECT_THAT(plan.left, Contains(StartsWith("GSV.GPT_weight: ")));
  EXPECT_THAT(plan.left, Contains(StartsWith("Agent.mem_thresholds: ")));
  EXPECT_THAT(plan.left, Not(Contains(StartsWith("Agent.mask"))));
  EXPECT_THAT(plan.taken, Contains("LLM.key"));
}

TEST(ImportPlan, WithoutTheCharacterOnlyThePromptIsTaken) {
  std::string text = kMoeChat;
  text.replace(text.find("is_up: true"), 11, "is_up: false");
  const ImportPlan plan = planned(text);
  EXPECT_EQ(plan.agent.at("prompt"), "speak simply");
  EXPECT_FALSE(plan.agent.contains("memory"));
}

TEST(ImportPlan, TakesTheSelectedServicesOfTheServer) {
  const ImportPlan plan = planned(kServer);
  EXPECT_EQ(plan.from, "xiaozhi-esp32-server");
  ASSERT_THAT(plan.providers, SizeIs(2));
  EXPECT_EQ(plan.providers[0].name, "chatglmllm");
  EXPECT_EQ(plan.providers[0].config.at("base_url"), "https://open.bigmodel.cn/api/paas/v4");
  EXPECT_EQ(plan.providers[0].secrets.at("api_key"), "glm-secret");
  EXPECT_EQ(plan.providers[1].config.at("voice"), "zh-CN-XiaoxiaoNeural");
  EXPECT_EQ(
      json::serialize(plan.agent),
      R"({"llm":["chatglmllm"],"tts":["edgetts"],"prompt":"You are helpful.","end_prompt":"say goodbye",)"
      R"("exit_words":["退出","关闭"],"memory":"full"})");
  EXPECT_THAT(plan.left, Contains(StartsWith("LLM.OllamaLLM: ")));
  EXPECT_THAT(plan.left, Contains("TTS.EdgeTTS.output_dir"));
}

TEST(ImportPlan, SecretsStandNowhereElse) {
  for (const char* text : {kMoeChat, kServer}) {
    const ImportPlan plan = planned(text);
    std::string shown = json::serialize(plan.agent);
    for (const auto& one : plan.providers) shown += json::serialize(one.config);
    for (const auto& line : plan.taken) shown += line;
    for (const auto& line : plan.left) shown += line;
    for (const char* secret : {"secret", "hidden"}) EXPECT_THAT(shown, Not(HasSubstr(secret)));
  }
}

TEST(ImportPlan, AServiceThatIsNotHereIsLeft) {
  const ImportPlan plan = planned("selected_module: {LLM: G}\nLLM: {G: {type: gemini, api_key: x}}\n");
  EXPECT_THAT(plan.providers, SizeIs(0));
  EXPECT_THAT(plan.left, Contains(StartsWith("LLM.G: ")));
}

TEST(ImportPlan, PlaceholdersOfTheAuthorAreNoKeys) {
  const ImportPlan plan = planned(
      "selected_module: {LLM: G}\nLLM: {G: {type: openai, url: 'http://x/v1', model_name: m, api_key: "
      "你的key}}\n");
  ASSERT_THAT(plan.providers, SizeIs(1));
  EXPECT_TRUE(plan.providers[0].secrets.empty());
}

TEST(ImportPlan, PromptsSpeakToWhomTheyMakeAndAreNoPlaceholders) {
  EXPECT_EQ(planned("selected_module: {}\nprompt: 你是小智，你的主人是安。\n").agent.at("prompt"),
            "你是小智，你的主人是安。");
  const ImportPlan plan = planned(
      "GSV: {api: 'http://h:1', prompt_text: 你好}\nAgent: {is_up: true, char_settings: 你的名字是猫}\n");
  EXPECT_EQ(plan.agent.at("character").at("settings"), "你的名字是猫");
  EXPECT_EQ(plan.providers.at(0).config.at("prompt_text"), "你好");
}

TEST(ImportPlan, SecretsInAddressesAreLeft) {
  const ImportPlan plan = planned(
      "LLM: {api: 'https://host/v1/chat/completions?key=hush', model: m}\n"
      "GSV: {api: 'http://ann:hush@host:9880'}\n");
  ASSERT_THAT(plan.providers, SizeIs(2));
  EXPECT_EQ(plan.providers[0].config.at("base_url"), "https://host/v1");
  EXPECT_FALSE(plan.providers[1].config.contains("url"));
  EXPECT_THAT(plan.left, Contains(StartsWith("LLM.api: ")));
  EXPECT_THAT(plan.left, Contains(StartsWith("GSV.api: ")));
  EXPECT_THAT(plan.taken, Not(Contains("GSV.api")));
}

TEST(ImportPlan, OtherFilesAreRefused) {
  for (const char* text : {"", "a: b", "[1]", "a: ["}) EXPECT_FALSE(plan_import(text).ok()) << text;
}

}  // namespace
}  // namespace earshot::ctl
