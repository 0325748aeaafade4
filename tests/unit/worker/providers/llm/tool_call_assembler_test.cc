#include "worker/providers/llm/tool_call_assembler.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

std::string shown(ToolCallAssembler& assembler) {
  std::string text;
  for (const ToolCall& call : assembler.take()) {
    text += call.id + "|" + call.name + "|" + call.arguments + "\n";
  }
  return text;
}

struct AssemblyCase {
  std::string_view name;
  std::vector<ToolCallFragment> fragments;
  std::string_view calls;
};

TEST(ToolCallAssembler, AssemblesWhatServersSend) {
  const AssemblyCase kCases[] = {
      {"by the book", {{0, "a", "f", ""}, {0, "", "", "{\"x\""}, {0, "", "", ":1}"}}, "a|f|{\"x\":1}\n"},
      {"two in turn", {{0, "a", "f", "{}"}, {1, "b", "g", "{}"}}, "a|f|{}\nb|g|{}\n"},
      {"two interleaved",
       {{0, "a", "f", "1"}, {1, "b", "g", "3"}, {0, "", "", "2"}, {1, "", "", "4"}},
       "a|f|12\nb|g|34\n"},
      {"no index", {{{}, "a", "f", "1"}, {{}, "", "", "2"}, {{}, "b", "g", "3"}}, "a|f|12\nb|g|3\n"},
      {"id and name on each fragment", {{0, "a", "f", "1"}, {0, "a", "f", "2"}}, "a|f|12\n"},
      {"all numbered 0", {{0, "a", "f", "1"}, {0, "b", "g", "2"}, {0, "", "", "3"}}, "a|f|1\nb|g|23\n"},
      {"no ids", {{0, "", "f", "{}"}, {1, "", "g", "{}"}}, "|f|{}\n|g|{}\n"},
      {"a strange index", {{-7, "a", "f", "{}"}}, "a|f|{}\n"},
  };
  for (const AssemblyCase& one : kCases) {
    ToolCallAssembler assembler;
    for (const auto& fragment : one.fragments) ASSERT_TRUE(assembler.add(fragment).ok()) << one.name;
    EXPECT_EQ(shown(assembler), one.calls) << one.name;
    EXPECT_TRUE(assembler.empty());
  }
}

TEST(ToolCallAssembler, RefusesTooMuch) {
  ToolCallAssembler many;
  Status status = kDone;
  for (int i = 0; i < 40 && status; ++i) status = many.add({i, "", "f", ""});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);

  ToolCallAssembler large;
  const std::string piece(40'000, 'x');
  ASSERT_TRUE(large.add({0, "a", "f", piece}).ok());
  EXPECT_EQ(large.add({0, "", "", piece}).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::worker
