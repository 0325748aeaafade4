// Rules about the console's own files, as they are in the binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "gateway/doors/console/console_assets.h"

namespace earshot::gateway {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::map<std::string, std::string> files(std::string_view ending) {
  std::map<std::string, std::string> found;
  for (const auto& asset : console::assets()) {
    if (asset.path().ends_with(ending)) found.emplace(asset.path(), asset.content());
  }
  return found;
}

std::set<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

std::set<std::string> keys(const std::string& language) {
  return matches(files(".js").at("i18n/" + language + ".js"), R"(\n  '([^']+)':)");
}

std::set<std::string> placeholders(const std::string& text) {
  return matches(text, R"(\{(\w+)\})");
}

// Each text stands on a line of its own: `  'key': 'text',`.
std::map<std::string, std::string> texts(const std::string& language) {
  constexpr std::string_view kBetween = "': '";
  std::istringstream source(files(".js").at("i18n/" + language + ".js"));
  std::map<std::string, std::string> found;
  for (std::string line; std::getline(source, line);) {
    const auto between = line.find(kBetween);
    if (!line.starts_with("  '") || between == std::string::npos || !line.ends_with("',")) continue;
    const auto text = between + kBetween.size();
    found[line.substr(3, between - 3)] = line.substr(text, line.size() - text - 2);
  }
  return found;
}

TEST(ConsoleTextTest, EnglishAndChineseHaveTheSameKeys) {
  EXPECT_THAT(keys("en"), SizeIs(testing::Gt(400U)));
  EXPECT_EQ(keys("en"), keys("zh"));
}

TEST(ConsoleTextTest, EachTextFillsInTheSamePlacesInBothLanguages) {
  const auto english = texts("en");
  const auto chinese = texts("zh");
  ASSERT_EQ(english.size(), keys("en").size()) << "a text is not on one line";
  for (const auto& [key, text] : english) {
    EXPECT_FALSE(text.empty()) << key;
    EXPECT_EQ(placeholders(text), placeholders(chinese.at(key))) << key;
  }
}

TEST(ConsoleTextTest, EveryTextThatAPageNamesExists) {
  const auto known = keys("en");
  for (const auto& [path, source] : files(".js")) {
    for (const auto& key : matches(source, R"(\bt\('([a-z0-9_.]+)')")) {
      EXPECT_TRUE(known.contains(key)) << path << " names " << key;
    }
    for (const auto& key : matches(source, R"(\bcount\('([a-z0-9_.]+)')")) {
      EXPECT_TRUE(known.contains(key + ".one") && known.contains(key + ".other"))
          << path << " counts " << key;
    }
  }
}

TEST(ConsoleFilesTest, EveryImportIsAFileOfTheConsole) {
  const auto scripts = files(".js");
  for (const auto& [path, source] : scripts) {
    for (const auto& name : matches(source, R"(from '([^']+)')")) {
      const auto target = (std::filesystem::path(path).parent_path() / name).lexically_normal().string();
      EXPECT_TRUE(scripts.contains(target)) << path << " imports " << name;
    }
  }
}

// The content policy refuses these at run time; here they are found before a browser is asked.
TEST(ConsoleFilesTest, NoScriptTurnsTextIntoMarkupOrCode) {
  for (const auto& [path, source] : files(".js")) {
    EXPECT_THAT(
        matches(source, R"((innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|)"
                        R"(new Function|createContextualFragment|srcdoc))"),
        IsEmpty())
        << path;
  }
}

TEST(ConsoleFilesTest, ThePageHasNothingInline) {
  for (const auto& [path, source] : files(".html")) {
    EXPECT_THAT(matches(source, R"((<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=))"), IsEmpty()) << path;
  }
}

TEST(ConsoleFilesTest, NothingIsLoadedFromAnotherHost) {
  for (const char* ending : {".html", ".css"}) {
    for (const auto& [path, source] : files(ending)) {
      EXPECT_THAT(matches(source, R"((https?:|url\(|@import|"//))"), IsEmpty()) << path;
    }
  }
}

}  // namespace
}  // namespace earshot::gateway
