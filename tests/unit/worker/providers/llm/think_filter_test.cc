#include "worker/providers/llm/think_filter.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

std::string said(ThinkFilter& filter, std::string_view text, std::size_t piece) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) out += filter.feed(text.substr(at, piece));
  return out + filter.finish();
}

class ThinkFilterPieces : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, ThinkFilterPieces, testing::Values(1, 2, 3, 7, 4096));

TEST_P(ThinkFilterPieces, DropsThoughtsInEverySpelling) {
  const std::pair<std::string, std::string> kTexts[] = {
      {"<think>no</think>yes", "yes"},
      {"<Think>no</THINK>yes", "yes"},
      {"<thinking>no</thinking>yes", "yes"},
      {"<thinking>no</think>yes", "yes"},
      {"<thought id=\"1\">no</thought >yes", "yes"},
      {"< think >no</ think>yes", "yes"},
      {"<reasoning effort='high'>no</reasoning>yes", "yes"},
      {"<seed:think>no</seed:think>yes", "yes"},
      {"[THINK]no[/THINK]yes", "yes"},
      {"◁think▷no◁/think▷yes", "yes"},
      {"<|begin_of_thought|>no<|end_of_thought|><|begin_of_solution|>yes<|end_of_solution|>", "yes"},
      {"<|START_THINKING|>no<|END_THINKING|><|START_RESPONSE|>yes<|END_RESPONSE|>", "yes"},
      {"<|channel>thought\nno<channel|>yes", "yes"},
      {"<unused94>thought\nno<unused95>yes", "yes"},
      {"<|channel|>analysis<|message|>no<|end|><|start|>assistant<|channel|>final<|message|>yes", "yes"},
      {"<|open|>think<|sep|>no<|close|>think<|sep|>yes", "yes"},
      {"<think>no [/THINK] still no</think><answer>yes</answer>", "yes"},
      {"one<think>no</think> two<think>no</think> three", "one two three"},
      {"yes<think>never closed", "yes"},
  };
  for (const auto& [text, heard] : kTexts) {
    ThinkFilter filter;
    EXPECT_EQ(said(filter, text, GetParam()), heard) << text;
    EXPECT_EQ(filter.unopened_thought(), std::nullopt) << text;
  }
}

TEST_P(ThinkFilterPieces, LeavesOrdinaryTextAlone) {
  const std::string kTexts[] = {"1 <2 and <thinks>", "a < b",        "[THINK",
                                "[1] and [two]",     "yes <thi",     "Write `<think>` and `</think>` so.",
                                "◁ is a triangle",   "List<int> x;", "…",
                                "<thinking"};
  for (const std::string& text : kTexts) {
    ThinkFilter filter;
    EXPECT_EQ(said(filter, text, GetParam()), text);
    EXPECT_EQ(filter.unopened_thought(), std::nullopt) << text;
  }
}

TEST_P(ThinkFilterPieces, HoldsBackWhatMayBeAThoughtOnlyWhereThatIsKnown) {
  struct Row {
    std::string text, heard_at_first, heard_when_known;
    std::optional<bool> first, known;
  };
  const Row kRows[] = {
      {"no</think>yes", "noyes", "yes", true, true},
      {"\n</think>\nyes", "\n\nyes", "\nyes", std::nullopt, std::nullopt},
      {"yes", "yes", "yes", std::nullopt, false},
      {"<think>no</think>yes", "yes", "yes", std::nullopt, std::nullopt},
      {"first<think>no</think>yes", "firstyes", "firstyes", std::nullopt, false},
      {"yes<|end|>", "yes", "yes", std::nullopt, false},
      {"", "", "", std::nullopt, std::nullopt},
  };
  for (const Row& row : kRows) {
    ThinkFilter ordinary;
    EXPECT_EQ(said(ordinary, row.text, GetParam()), row.heard_at_first);
    EXPECT_EQ(ordinary.unopened_thought(), row.first) << row.text;
    ThinkFilter known(true);
    EXPECT_EQ(said(known, row.text, GetParam()), row.heard_when_known);
    EXPECT_EQ(known.unopened_thought(), row.known) << row.text;
  }
}

TEST(ThinkFilter, FirstWordsOfAnOrdinaryModelWaitForNothing) {
  ThinkFilter filter;
  EXPECT_EQ(filter.feed("Hello"), "Hello");
  ThinkFilter known(true);
  EXPECT_EQ(known.feed("Hello"), "");
  EXPECT_EQ(known.feed("<think>"), "Hello");
}

TEST(ThinkFilter, WhatIsHeldBackIsBounded) {
  ThinkFilter filter(true);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(filter.feed(std::string(1000, 'x')), "");
  EXPECT_LE(filter.finish().size(), ThinkFilter::kMaxHeldBytes);
}

}  // namespace
}  // namespace earshot::worker
