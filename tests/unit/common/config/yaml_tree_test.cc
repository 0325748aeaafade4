#include "common/config/yaml_tree.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

std::string tree_of(std::string_view text) {
  const auto tree = yaml_tree(text, 10'000);
  return tree ? json::serialize(*tree) : "refused: " + tree.error().message;
}

TEST(YamlTree, ReadsMapsListsAndScalars) {
  EXPECT_EQ(tree_of("a: {b: [1, x]}\nc: |-\n  two\n  lines\n"), R"({"a":{"b":["1","x"]},"c":"two\nlines"})");
  EXPECT_EQ(tree_of(R"({"a": "b", "c": null})"), R"({"a":"b","c":null})");
}

TEST(YamlTree, OnlyPlainWordsAreTruth) {
  EXPECT_EQ(tree_of("a: true\nb: 'true'\nc: y\nd: off\n"), R"({"a":true,"b":"true","c":"y","d":false})");
}

TEST(YamlTree, SaysTheLineOfWhatIsWrong) {
  EXPECT_TRUE(tree_of("a: b\nc: [").starts_with("refused: line "));
  EXPECT_EQ(yaml_tree("a: b", 2).error().code, ErrorCode::kTooLarge);
}

// Each alias doubles what is behind it: 2^30 nodes from a few lines.
TEST(YamlTree, AliasesDoNotGrowWithoutBound) {
  std::string text = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  EXPECT_FALSE(yaml_tree(text, 100'000).ok());
}

// Few nodes, but a long text behind each.
TEST(YamlTree, AliasesOfLongTextsDoNotGrowWithoutBound) {
  const auto repeated = [](int times) {
    std::string text = "a: &a " + std::string(5000, 'x') + "\nb: [*a";
    for (int i = 1; i < times; ++i) text += ", *a";
    return text + "]\n";
  };
  EXPECT_TRUE(yaml_tree(repeated(1), 10'000).ok());
  EXPECT_EQ(yaml_tree(repeated(100), 10'000).error().code, ErrorCode::kTooLarge);
  std::string keys = "a: &a {" + std::string(900, 'k') + ": v}\nb: [*a";
  for (int i = 0; i < 100; ++i) keys += ", *a";
  EXPECT_EQ(yaml_tree(keys + "]\n", 10'000).error().code, ErrorCode::kTooLarge);
}

TEST(YamlTree, DeepNestingIsRefused) {
  EXPECT_FALSE(yaml_tree(std::string(5000, '['), 10'000).ok());
  EXPECT_FALSE(yaml_tree(std::string(40, '[') + std::string(40, ']'), 10'000).ok());
}

}  // namespace
}  // namespace earshot
