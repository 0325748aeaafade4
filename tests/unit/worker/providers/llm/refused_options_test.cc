#include "worker/providers/llm/refused_options.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

json::object tool(const std::string& name) {
  json::object function;
  function["name"] = name;
  json::object entry;
  entry["function"] = std::move(function);
  return entry;
}

json::object request_body(std::size_t tools = 3) {
  json::object body;
  body["model"] = "m";
  body["messages"] = json::array{};
  body["stream"] = true;
  body["stream_options"] = json::object{};
  body["temperature"] = 1;
  body["max_tokens"] = 100;
  body["think"] = false;
  json::array offered;
  for (std::size_t i = 0; i < tools; ++i) offered.emplace_back(tool("self_T" + std::to_string(i)));
  body["tools"] = std::move(offered);
  return body;
}

std::string keys(const json::object& body) {
  std::string all;
  for (const auto& member : body) {
    all += std::string(all.empty() ? "" : " ") + std::string(member.key());
    if (member.key() == "tools") all += std::to_string(member.value().as_array().size());
  }
  return all;
}

struct RefusalCase {
  int status;
  std::string answer;
  std::string left_out;  // "-": nothing
  std::string sent_next;
};

TEST(RefusedOptions, LeavesOutWhatTheServiceNames) {
  const std::string all = "model messages stream stream_options temperature max_tokens think tools3";
  const RefusalCase kCases[] = {
      {400, R"({"error":{"message":"unknown field stream_options"}})", "stream_options",
       "model messages stream temperature max_tokens think tools3"},
      {422,
       R"({"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"tools":1}}]})",
       "stream_options", "model messages stream temperature max_tokens think tools3"},
      {400, R"({"error":{"message":"Unsupported value","param":"temperature"}})", "temperature",
       "model messages stream stream_options max_tokens think tools3"},
      {400, R"({"error":{"message":"Use 'max_completion_tokens' instead of 'max_tokens'."}})",
       "max_tokens as max_completion_tokens",
       "model messages stream stream_options temperature think tools3 "
       "max_completion_tokens"},
      {400, R"({"error":"\"gemma\" does not support thinking"})", "think",
       "model messages stream stream_options temperature max_tokens tools3"},
      {400, R"({"error":{"message":"registry/library/gemma:2b does not support tools","type":"api_error"}})",
       "tools", "model messages stream stream_options temperature max_tokens think"},
      {404, R"({"error":{"message":"No endpoints found that support tool use."}})", "tools",
       "model messages stream stream_options temperature max_tokens think"},
      {500, R"({"error":{"message":"tools param requires --jinja flag"}})", "tools",
       "model messages stream stream_options temperature max_tokens think"},
      {400, "this model has no function calling", "tools",
       "model messages stream stream_options temperature max_tokens think"},
      {400,
       R"({"error":{"message":"Invalid schema for function 'self_T1': x","param":"tools[1].function.parameters"}})",
       "tool self_T1", "model messages stream stream_options temperature max_tokens think tools2"},
      {400,
       R"({"error":{"message":"GenerateContentRequest.tools[0].function_declarations[2].parameters: missing"}})",
       "tool self_T2", "model messages stream stream_options temperature max_tokens think tools2"},
      {422, R"({"detail":[{"loc":["body","tools",0,"function","parameters"],"msg":"invalid"}]})",
       "tool self_T0", "model messages stream stream_options temperature max_tokens think tools2"},
      {400,
       R"({"error":{"message":"Invalid 'tools': array too long. Expected maximum length 2, but got 3 instead."}})",
       "tools beyond 2", "model messages stream stream_options temperature max_tokens think tools2"},
      // No option's fault.
      {400, R"({"error":{"message":"messages with role 'tool' must follow 'tool_calls'"}})", "-", all},
      {400, R"({"error":{"message":"bad request"}})", "-", all},
      {400, R"({"error":{"message":"stream must be a boolean, model must be known"}})", "-", all},
      {400, R"({"error":{"code":"data_inspection_failed","message":"about tools"}})", "-", all},
      {401, R"({"error":{"message":"no right to use tools"}})", "-", all},
      {500, R"({"error":{"message":"crashed in tools"}})", "-", all},
      {400, R"({"error":{"message":"no"},"body":"stream_options tools"})", "-", all},
      {400, "", "-", all},
  };
  for (const RefusalCase& one : kCases) {
    RefusedOptions refused;
    const json::object sent = request_body();
    EXPECT_EQ(refused.learn(one.status, one.answer, sent, SteadyTime{}).value_or("-"), one.left_out)
        << one.answer;
    json::object next = request_body();
    refused.apply(next, SteadyTime{});
    EXPECT_EQ(keys(next), one.sent_next) << one.answer;
  }
}

TEST(RefusedOptions, WithoutToolsThereIsNoChoiceAmongThem) {
  RefusedOptions refused;
  json::object body = request_body();
  body["tool_choice"] = "required";
  refused.apply(body, SteadyTime{});
  EXPECT_TRUE(body.contains("tool_choice"));
  EXPECT_EQ(refused.learn(400, R"({"error":"the model does not support tools"})", body, SteadyTime{}),
            "tools");
  refused.apply(body, SteadyTime{});
  EXPECT_FALSE(body.contains("tools"));
  EXPECT_FALSE(body.contains("tool_choice"));
}

TEST(RefusedOptions, RemembersForAWhileAndTriesAgain) {
  RefusedOptions refused(Milliseconds(1000));
  const std::string answer = R"({"error":{"message":"unknown field stream_options"}})";
  EXPECT_EQ(refused.learn(400, answer, request_body(), SteadyTime{}), "stream_options");
  // Another request that was under way: it is sent anew, and nothing is said twice.
  EXPECT_EQ(refused.learn(400, answer, request_body(), SteadyTime{}), "");
  EXPECT_EQ(refused.left_out(SteadyTime{}), std::vector<std::string>{"stream_options"});
  json::object body = request_body();
  refused.apply(body, SteadyTime{} + Milliseconds(999));
  EXPECT_FALSE(body.contains("stream_options"));
  // Sent without it, and refused for it all the same: that is no help.
  EXPECT_EQ(refused.learn(400, answer, body, SteadyTime{}), std::nullopt);
  body = request_body();
  refused.apply(body, SteadyTime{} + Milliseconds(1000));
  EXPECT_TRUE(body.contains("stream_options"));
  EXPECT_TRUE(refused.left_out(SteadyTime{} + Milliseconds(1000)).empty());
}

TEST(RefusedOptions, WhatIsRememberedIsBounded) {
  RefusedOptions refused;
  for (int i = 0; i < 100; ++i) {
    json::object body;
    body["option" + std::to_string(i)] = 1;
    refused.learn(400, R"({"error":"no option)" + std::to_string(i) + "\"}", body, SteadyTime{});
  }
  EXPECT_EQ(refused.left_out(SteadyTime{}).size(), RefusedOptions::kMaxKept);
}

}  // namespace
}  // namespace earshot::worker
