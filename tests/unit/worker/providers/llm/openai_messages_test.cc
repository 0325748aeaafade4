#include "worker/providers/llm/openai_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "worker/providers/llm/ollama_llm.h"
#include "worker/providers/llm/openai_llm.h"
#include "worker/providers/llm/tool_schema.h"

namespace earshot::worker {
namespace {

Message message(Message::Role role, std::string text, std::vector<ToolCall> calls = {}, std::string id = {}) {
  return {.role = role,
          .text = std::move(text),
          .tool_calls = std::move(calls),
          .tool_call_id = std::move(id),
          .is_error = false};
}
using Role = Message::Role;

LlmRequest with_call() {
  LlmRequest request;
  request.tools = {
      {.name = "self.audio.set", .description = "Sets it", .input_schema = R"({"type":"object"})"},
      {.name = "self_audio.set", .description = "", .input_schema = "broken"}};
  request.dialogue = {
      message(Role::kSystem, "Be kind"), message(Role::kUser, "louder"),
      message(Role::kAssistant, "", {{.id = "c1", .name = "self.audio.set", .arguments = "{\"v\":5}"}}),
      message(Role::kTool, "done", {}, "c1")};
  return request;
}

TEST(OpenAiMessages, WritesADialogueWithCalls) {
  const LlmRequest request = with_call();
  const ToolNames names(request.tools);
  EXPECT_EQ(json::serialize(openai_messages(request, names)),
            R"([{"role":"system","content":"Be kind"},{"role":"user","content":"louder"},)"
            R"({"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":)"
            R"({"name":"self_audio_set","arguments":"{\"v\":5}"}}]},)"
            R"({"role":"tool","content":"done","tool_call_id":"c1"}])");
  EXPECT_EQ(json::serialize(openai_tools(request, names, 128)),
            R"([{"type":"function","function":{"name":"self_audio_set","description":"Sets it",)"
            R"("parameters":{"type":"object","properties":{}}}},)"
            R"({"type":"function","function":{"name":"self_audio_set_2","description":"",)"
            R"("parameters":{"type":"object","properties":{}}}}])");
  EXPECT_EQ(names.from_wire("self_audio_set_2"), "self_audio.set");
  EXPECT_EQ(names.from_wire("made_up"), "made_up");
}

TEST(OpenAiMessages, KeepsTheSumOfToolsBelowTheLimit) {
  LlmRequest request;
  for (int i = 0; i < 132; ++i)
    request.tools.push_back({.name = "t" + std::to_string(i), .description = "", .input_schema = "{}"});
  const json::array tools = openai_tools(request, ToolNames(request.tools), 128);
  ASSERT_EQ(tools.size(), 128U);
  const auto name = [&](std::size_t at) {
    return *json::find_string(*json::find_object(tools[at].as_object(), "function"), "name");
  };
  EXPECT_EQ(name(0), "t0");
  EXPECT_EQ(name(127), "t131") << "the worker's own stand last";
  OpenAiSettings settings;
  EXPECT_EQ(json::find_array(openai_request(settings, request, ToolNames()), "tools")->size(), 128U);
  settings.max_tools = 0;
  EXPECT_FALSE(openai_request(settings, request, ToolNames()).contains("tools"));
}

TEST(OpenAiMessages, AsksForWhatTheCallerWishes) {
  OpenAiSettings settings;
  settings.temperature = 1;
  settings.max_tokens = 500;
  LlmRequest request;
  request.tools.push_back({.name = "light", .description = "", .input_schema = "{}"});
  EXPECT_FALSE(openai_request(settings, request, ToolNames()).contains("tool_choice"));
  request.wish = {.temperature = 0.3, .max_tokens = 900, .tool_use = LlmWish::ToolUse::kRequired};
  const json::object body = openai_request(settings, request, ToolNames(request.tools));
  EXPECT_EQ(body.at("temperature"), json::value(0.3));
  EXPECT_EQ(body.at("max_tokens").to_number<int>(), 500) << "the lower of both";
  EXPECT_EQ(body.at("tool_choice"), json::value("required"));
  request.tools.clear();
  EXPECT_FALSE(openai_request(settings, request, ToolNames()).contains("tool_choice"));
}

TEST(ToolSchema, MendsWhatWouldHaveTheRequestRefused) {
  const std::pair<std::string, std::string> kSchemas[] = {
      {"broken", R"({"type":"object","properties":{}})"},
      {R"({"type":5,"properties":[],"required":"v"})", R"({"type":"object","properties":{}})"},
      {R"({"properties":null,"required":["v"]})", R"({"required":[],"type":"object","properties":{}})"},
      {R"({"type":"object","properties":{"v":5,"w":{"type":3,"enum":[],"description":1},"x":{"type":["string","null"]}},)"
       R"("required":["v","gone",7]})",
       R"({"type":"object","properties":{"v":{},"w":{},"x":{"type":["string","null"]}},"required":["v"]})"},
      {R"({"type":"object","properties":{"l":{"type":"array","items":"string"}},"additionalProperties":false})",
       R"({"type":"object","properties":{"l":{"type":"array","items":{}}},"additionalProperties":false})"},
  };
  for (const auto& [text, usable] : kSchemas)
    EXPECT_EQ(json::parse_object(usable, 4096).value(), usable_schema(text));
}

TEST(OpenAiMessages, MendsCallsAndAnswersThatDoNotMatch) {
  LlmRequest request = with_call();
  request.dialogue = {message(Role::kTool, "its call is gone", {}, "c0"), request.dialogue[2],
                      message(Role::kUser, "stop")};
  const json::array messages = openai_messages(request, ToolNames());
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(json::find_string(messages[0].as_object(), "role"), "assistant");
  EXPECT_EQ(json::find_string(messages[1].as_object(), "tool_call_id"), "c1");
  EXPECT_EQ(json::find_string(messages[1].as_object(), "content"), "(no answer: the user interrupted)");
  EXPECT_EQ(json::find_string(messages[2].as_object(), "content"), "stop");
}

// As behind a reply of which nothing was heard. An access by [] moves a full object of Boost.JSON even when it
// finds the key, so what was looked up before is gone: the address sanitiser sees it.
TEST(OpenAiMessages, WordsOfTheUserInARowAreOneMessage) {
  LlmRequest request;
  request.dialogue = {message(Role::kUser, "what time is it"), message(Role::kUser, "no, the date"),
                      message(Role::kUser, "please")};
  const json::array messages = openai_messages(request, ToolNames());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json::find_string(messages[0].as_object(), "content"), "what time is it no, the date please");
}

TEST(OpenAiMessages, SpeechThatWasNotUnderstoodIsSaidToBeSo) {
  LlmRequest request;
  request.dialogue = {message(Role::kUser, "grmbl \xFF")};
  EXPECT_EQ(last_words(request), "grmbl \xEF\xBF\xBD");
  request.understood = false;
  EXPECT_EQ(json::serialize(openai_messages(request, ToolNames())).find("grmbl"), std::string::npos);
  EXPECT_EQ(last_words(request).find("grmbl"), std::string::npos);
}

TEST(ToolNames, AreWrittenInWhatEveryServiceTakes) {
  const ToolNames names;
  EXPECT_EQ(names.to_wire("查询.weather é/x"), "_67e58be2_weather_e9_x");
  EXPECT_EQ(names.to_wire("self.灯光.打开"), "self_706f5149_62535f00");
  EXPECT_EQ(names.to_wire("turn on 💡"), "turn_on_1f4a1");
  EXPECT_EQ(names.to_wire("-x"), "_-x");
  EXPECT_EQ(names.to_wire(""), "_");
  EXPECT_EQ(names.to_wire(std::string(100, 'a')).size(), 64U);
  const ToolNames known({{.name = "self.volume", .description = "", .input_schema = "{}"}});
  EXPECT_EQ(known.from_wire(" functions.self_volume\n"), "self.volume");
}

TEST(ToolNames, OfManyToolsAreUniqueAndLeadBack) {
  std::vector<ToolSpec> tools;
  for (const char* name : {"self.灯", "self.燈", "self.a b", "self.a_b", "self_a.b", "灯", "_706f"}) {
    tools.push_back({.name = name, .description = "", .input_schema = "{}"});
    tools.push_back({.name = std::string(60, 'x') + name, .description = "", .input_schema = "{}"});
  }
  const ToolNames names(tools);
  std::set<std::string> wires;
  for (const ToolSpec& tool : tools) {
    const std::string wire = names.to_wire(tool.name);
    EXPECT_THAT(wire, testing::MatchesRegex("[a-zA-Z_][a-zA-Z0-9_-]*")) << tool.name;
    EXPECT_LE(wire.size(), 64U);
    EXPECT_EQ(names.from_wire(wire), tool.name);
    wires.insert(wire);
  }
  EXPECT_EQ(wires.size(), tools.size());
}

TEST(OpenAiRequest, SwitchesThinkingOffInTheWordsOfTheHost) {
  const std::pair<std::string, std::string> kHosts[] = {
      {"https://dashscope.aliyuncs.com/compatible-mode/v1", R"("enable_thinking":false)"},
      {"https://api.deepseek.com", R"("thinking":{"type":"disabled"})"},
      {"https://ark.cn-beijing.volces.com/api/v3", R"("thinking":{"type":"disabled"})"},
      {"https://open.bigmodel.cn/api/paas/v4", R"("thinking":{"type":"disabled"})"}};
  for (const auto& [url, expected] : kHosts) {
    OpenAiSettings settings;
    settings.service.base_url = url;
    const auto body = [&] { return json::serialize(openai_request(settings, with_call(), ToolNames())); };
    EXPECT_NE(body().find(expected), std::string::npos) << url;
    settings.disable_thinking = false;
    EXPECT_EQ(body().find("thinking"), std::string::npos) << url;
  }
}

TEST(OpenAiRequest, ExtraBodyWins) {
  OpenAiSettings settings;
  settings.model_name = "m";
  settings.temperature = 0.5;
  settings.extra_body["temperature"] = 1;
  settings.extra_body["top_k"] = 20;
  const json::object body = openai_request(settings, with_call(), ToolNames());
  EXPECT_EQ(json::find_int(body, "temperature"), 1);
  EXPECT_EQ(json::find_int(body, "top_k"), 20);
  EXPECT_FALSE(body.contains("max_tokens"));
}

TEST(OllamaRequest, ArgumentsAreObjectsAndAnswersNameTheirTool) {
  OllamaSettings settings;
  settings.model_name = "qwen3";
  const std::string body = json::serialize(ollama_request(settings, with_call(), ToolNames()));
  EXPECT_NE(body.find(R"("arguments":{"v":5})"), std::string::npos);
  EXPECT_NE(body.find(R"({"role":"tool","content":"done","tool_name":"self_audio_set"})"), std::string::npos);
  EXPECT_NE(body.find(R"("think":false)"), std::string::npos);
}

}  // namespace
}  // namespace earshot::worker
