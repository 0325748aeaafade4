#include "gateway/control/lore/lore_entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using store::LorePassage;
using testing::ElementsAre;
using testing::SizeIs;

std::vector<LorePassage> entries(std::string_view text) {
  auto read = read_lore_entries(text);
  EXPECT_TRUE(read.ok()) << text;
  return read ? std::move(*read) : std::vector<LorePassage>();
}

TEST(LoreEntries, AKeyAndItsText) {
  EXPECT_THAT(entries("Avalon: An island.\n青岛: 一座海边的城市\n"),
              ElementsAre(LorePassage{{"Avalon"}, "An island."}, LorePassage{{"青岛"}, "一座海边的城市"}));
}

TEST(LoreEntries, ListsOfEntries) {
  EXPECT_THAT(entries("- keys: [Avalon, the island]\n  content: Mist.\n- key: a, b\n  text: Two.\n"),
              ElementsAre(LorePassage{{"Avalon", "the island"}, "Mist."}, LorePassage{{"a", "b"}, "Two."}));
}

TEST(LoreEntries, TheJsonOfCharacterCards) {
  EXPECT_THAT(entries(R"({"name": "world", "entries": {
      "0": {"uid": 0, "key": ["Avalon"], "keysecondary": [], "content": "Mist.", "disable": false},
      "1": {"key": ["Off"], "content": "No.", "disable": true},
      "2": {"keys": ["/pat.*/i"], "content": "No.", "enabled": true},
      "3": {"keys": ["Off"], "content": "No.", "enabled": false},
      "4": {"keys": ["Empty"], "content": "  "}}})"),
              ElementsAre(LorePassage{{"Avalon"}, "Mist."}));
}

TEST(LoreEntries, JsonEscapesBeyondTheFirstPlane) {
  EXPECT_THAT(entries(R"({"Avalon": "\ud83d\ude00 mist"})"), ElementsAre(LorePassage{{"Avalon"}, "😀 mist"}));
}

TEST(LoreEntries, TextsAndKeysAreBounded) {
  std::string text = "- keys: [";
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + ", ";
  text += "]\n  text: " + std::string(5000, 'x') + "\n" + std::string(200, 'k') + ": long key\n";
  const auto all = entries(text.substr(0, text.find('\n', text.find("text:")) + 1));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].keys, SizeIs(kMaxEntryKeys));
  EXPECT_LE(all[0].text.size(), kMaxEntryBytes);
}

TEST(LoreEntries, WhatIsNoLoreBookIsRefused) {
  for (const std::string_view text : {"", "just a sentence", "[1, 2]", "a: [", "a: {b: c}", "entries: {}"})
    EXPECT_FALSE(read_lore_entries(text).ok()) << text;
  EXPECT_EQ(read_lore_entries(std::string(kMaxEntriesBytes + 1, 'a')).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::gateway
