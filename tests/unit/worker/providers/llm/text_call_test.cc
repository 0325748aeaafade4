#include "worker/providers/llm/text_call.h"

#include <gtest/gtest.h>

#include "worker/providers/llm/text_calls.h"

namespace earshot::worker {
namespace {

const std::vector<ToolSpec> kOffered = {
    {.name = "self.volume",
     .description = "",
     .input_schema =
         R"({"properties":{"v":{"type":"integer"},"n":{"type":"string"},"b":{"type":"boolean"}}})"}};

// What is said, and each call as name and arguments.
std::string found(std::string_view text, std::size_t piece) {
  const ToolNames names(kOffered);
  TextCalls filter;
  std::string said;
  std::string calls;
  const auto take = [&](TextCalls::Split split) {
    said += split.said;
    for (const std::string& block : split.blocks) {
      for (const ToolCall& call : calls_in(block, kOffered, names)) calls += " " + call.name + call.arguments;
    }
  };
  for (std::size_t at = 0; at < text.size(); at += piece) take(filter.feed(text.substr(at, piece)));
  take(filter.finish());
  return said + "|" + calls;
}

class TextCallPieces : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, TextCallPieces, testing::Values(1, 2, 3, 7, 4096));

TEST_P(TextCallPieces, FindsCallsInTheFormsOfModels) {
  const std::pair<std::string, std::string> kTexts[] = {
      {R"(Ok <tool_call>{"name":"f","arguments":{"v":1}}</tool_call>.)", R"(Ok .| f{"v":1})"},
      {R"(<tool_call>{"name":"f","arguments":"{\"v\":1}"}</tool_call>)", R"(| f{"v":1})"},
      {R"(<tool_call>{"name":"f","parameters":{}}</tool_call><tool_call>{"name":"g"}</tool_call>)",
       "| f{} g"},
      {"<tool_call>{\"name\":\"f\",\"arguments\":{}}\n{\"name\":\"g\",\"arguments\":{}}</tool_call>",
       "| f{} g{}"},
      {"<tool_call>\n```json\n{\"name\":\"f\",\"arguments\":{}}\n```\n</tool_call>", "| f{}"},
      {R"(<tool_calls><tool_call>{"name":"f"}</tool_call><tool_call>{"name":"g"}</tool_call></tool_calls>)",
       "| f g"},
      {R"([TOOL_CALLS][{"name":"f","arguments":{"v":1}}])", R"(| f{"v":1})"},
      {R"(<tool_call>{"function":{"name":"f","arguments":"{}"}}</tool_call>)", "| f{}"},
      {"<tool_call>\n<function=self_volume>\n<parameter=v>\n48\n</parameter>\n</function>\n</tool_call>",
       R"(| self_volume{"v":48})"},
      {"<function=self_volume><parameter=n>48</parameter><parameter=b>True</parameter></function></"
       "tool_call>",
       R"(| self_volume{"n":"48","b":true})"},
      {"<function=f>{\"v\":1}</function>", R"(| f{"v":1})"},
      {"<function=f><parameter=v>1<parameter=w>two words</function>", R"(| f{"v":1,"w":"two words"})"},
      {"<minimax:tool_call><invoke name=\"self_volume\"><parameter "
       "name=\"v\">3</parameter></invoke></minimax:tool_call>",
       R"(| self_volume{"v":3})"},
      {"<invoke name='f'></invoke>", "| f{}"},
      {"<tool_call>self_volume\n<arg_key>v</arg_key>\n<arg_value>5</arg_value>\n<arg_key>n</arg_key>\n"
       "<arg_value>5</arg_value>\n</tool_call>",
       R"(| self_volume{"v":5,"n":"5"})"},
      {"<tool_call>f</tool_call>", "| f{}"},
      {R"(<tool_call>{"name":"f","arguments":{}})", "| f{}"},
      {"<tool_call>nobody can { read this</tool_call>", "|"},
      {"nothing </tool_call>here", "nothing here|"},
      {"say `<tool_call>` so, 1 < 2 <function", "say `<tool_call>` so, 1 < 2 <function|"},
  };
  for (const auto& [text, result] : kTexts) EXPECT_EQ(found(text, GetParam()), result) << text;
}

TEST_P(TextCallPieces, FindsCallsInTheTokensOfTemplates) {
  const std::pair<std::string, std::string> kTexts[] = {
      {"Ok.<|tool_calls_section_begin|><|tool_call_begin|>functions.self_volume:0<|tool_call_argument_begin|>"
       "{\"v\":1}<|tool_call_end|><|tool_call_begin|>functions.g:1<|tool_call_argument_begin|>{}"
       "<|tool_call_end|><|tool_calls_section_end|>",
       R"(Ok.| self_volume{"v":1} g{})"},
      {"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"v\":1}<｜tool▁call▁end｜><"
       "｜tool▁calls▁end｜>",
       R"(| f{"v":1})"},
      {"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"v\":1}\n```"
       "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
       R"(| f{"v":1})"},
      {"<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"self_volume\">\n<｜DSML｜parameter name=\"v\" "
       "string=\"false\">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
       R"(| self_volume{"v":3})"},
      {"<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"v\":1}<|call|>", R"(| f{"v":1})"},
      {R"([TOOL_CALLS]f[ARGS]{"v":1}[TOOL_CALLS]g[CALL_ID]a1[ARGS]{})", R"(| f{"v":1} g{})"},
      {R"(<|python_tag|>{"name":"f","parameters":{"v":1}}<|eom_id|>)", R"(| f{"v":1})"},
      {R"(<|START_ACTION|>[{"tool_call_id":"0","tool_name":"f","parameters":{"v":1}}]<|END_ACTION|>)",
       R"(| f{"v":1})"},
      {R"(<|tool_call|>[{"name":"f","arguments":{"v":1}}]<|/tool_call|>)", R"(| f{"v":1})"},
      {R"(<|action_start|><|plugin|>{"name":"f","parameters":{}}<|action_end|>)", "| f{}"},
      {"<start_function_call>call:f{n:<escape>a, b}<escape>,v:3}<end_function_call>",
       R"(| f{"n":"a, b}","v":3})"},
      // Nothing that anybody could call.
      {"<|tool_calls_section_begin|><|tool_call_begin|><|tool_calls_section_end|>", "|"},
      {"<start_function_call>call:{<end_function_call>", "|"},
      {"[TOOL_CALLS][ARGS]", "|"},
  };
  for (const auto& [text, result] : kTexts) EXPECT_EQ(found(text, GetParam()), result) << text;
}

TEST(TextCalls, ABlockWithoutEndIsBounded) {
  TextCalls filter;
  filter.feed("<tool_call>");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(filter.feed(std::string(1000, 'x')).said, "");
  const auto blocks = filter.finish().blocks;
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].size(), TextCalls::kMaxBlockBytes);
}

}  // namespace
}  // namespace earshot::worker
