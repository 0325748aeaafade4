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
      {"index begins again, and arguments come under one that no call has",
       {{0, "a", "f", ""}, {0, "", "", "{}"}, {0, "b", "g", ""}, {1, "", "", "{\"v\":"}, {1, "", "", "2}"}},
       "a|f|{}\nb|g|{\"v\":2}\n"},
      {"a known id decides",
       {{0, "a", "f", "1"}, {1, "b", "g", "3"}, {7, "a", "", "2"}, {{}, "b", "", "4"}},
       "a|f|12\nb|g|34\n"},
      {"one id for all", {{0, "x", "f", "1"}, {1, "x", "g", "2"}}, "x|f|1\nx|g|2\n"},
      {"a strange index", {{-7, "a", "f", "{}"}}, "a|f|{}\n"},
  };
  for (const AssemblyCase& one : kCases) {
    ToolCallAssembler assembler;
    for (const auto& fragment : one.fragments) assembler.add(fragment);
    EXPECT_EQ(shown(assembler), one.calls) << one.name;
    EXPECT_TRUE(assembler.empty());
  }
}

TEST(ToolCallAssembler, TooMuchCostsOnlyWhatIsTooMuch) {
  ToolCallAssembler many;
  for (int i = 0; i < 40; ++i) {
    many.add({i, "", "f", ""});
    many.add({i, "", "", "{}"});
  }
  EXPECT_EQ(many.dropped(), 16U);
  const std::vector<ToolCall> calls = many.take();
  ASSERT_EQ(calls.size(), ToolCallAssembler::kMaxCalls);
  EXPECT_EQ(calls.back().arguments, "{}");

  ToolCallAssembler large;
  const std::string piece(40'000, 'x');
  large.add({0, "a", "f", piece});
  large.add({0, "", "", piece});
  large.add({1, "b", "g", "{}"});
  const std::vector<ToolCall> two = large.take();
  ASSERT_EQ(two.size(), 2U);
  EXPECT_TRUE(two[0].unusable);
  EXPECT_FALSE(two[1].unusable);
}

}  // namespace
}  // namespace earshot::worker
