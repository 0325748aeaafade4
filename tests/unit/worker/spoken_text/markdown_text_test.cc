#include "worker/spoken_text/markdown_text.h"

#include <gtest/gtest.h>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {
namespace {

// In pieces of `step` characters.
std::string words(std::string_view markdown, std::size_t step = 1000) {
  MarkdownText text;
  std::string out;
  for (std::size_t i = 0; i < markdown.size();) {
    std::size_t end = i;
    for (std::size_t n = 0; n < step && end < markdown.size(); ++n) end += character_at(markdown, end).bytes;
    out += text.add(markdown.substr(i, end - i));
    i = end;
  }
  return out + text.flush();
}

struct MarkedText {
  const char* markdown;
  const char* words;
};

TEST(MarkdownText, TakesMarksAwayAndKeepsWords) {
  const MarkedText cases[] = {
      {"# Plan\n## Second ##\nText", "Plan\nSecond\nText"},
      {"**First**, take *two* eggs.", "First, take two eggs."},
      {"***both*** and __strong__ and _soft_ and ~~gone~~", "both and strong and soft and gone"},
      {"这是**重点**内容，*真的*。", "这是重点内容，真的。"},
      {"- Mix `flour` in.\n* Stir\n+ Bake\n• Eat", "Mix flour in.\nStir\nBake\nEat"},
      {"1. See this\n2) And that", "1. See this\n2) And that"},
      {"  - [ ] open\n  - [x] done", "open\ndone"},
      {"> quoted\n> > twice\n>> again", "quoted\ntwice\nagain"},
      {"a\n---\nb\n* * *\nc\n___\nd\n===\n", "a\n\nb\n\nc\n\nd\n\n"},
      {"See [this page](http://example.com/a_b(c)?d=1).", "See this page."},
      {"[a **bold** link][ref] and ![a cat](cat.png \"title\")", "a bold link and a cat"},
      {"It is so [12], and known[^1][3].", "It is so [12], and known."},
      {"Go to https://www.example.com/x.html?a=b. Or www.test.org!", "Go to example.com. Or test.org!"},
      {"见 https://example.com/a。好", "见 example.com。好"},
      {"Mail <https://example.com/x> <b>now</b>&nbsp;&amp; then<br>later",
       "Mail example.com now & then\nlater"},
      {"| a | b |\n|---|:-:|\n| 1 | **2** |\n", "a, b\n\n1, 2\n"},
      {"Name | Price\n--- | ---\nTea | 3", "Name, Price\n\nTea, 3"},
      {"Use ``a `b` c`` here", "Use a b c here"},
      {"\\*not soft\\* \\# no", "*not soft* # no"},
      {"&#65;&#x4f60; &unknown; A&B AT&T;", "A你 &unknown; A&B AT&T;"},
  };
  for (const MarkedText& one : cases) {
    for (const std::size_t step : {1, 2, 3, 7, 1000})
      EXPECT_EQ(words(one.markdown, step), one.words) << one.markdown << step;
  }
}

TEST(MarkdownText, KeepsWhatOnlyLooksLikeMarks) {
  for (const char* plain : {"2 * 3 is 6.",
                            "2*3",
                            "2**3",
                            "a * b",
                            "a*b",
                            "C# and F#",
                            "snake_case and a_b_c",
                            "#1 and #tag",
                            "-5 degrees",
                            "5 - 3",
                            "a < b > c",
                            "<3",
                            "vector<int> x",
                            "3 > 2",
                            "x || y",
                            "~5 and 好的~",
                            "Hello!",
                            "Wow! [sic] (really)",
                            "R&D",
                            "https",
                            "www",
                            "[open",
                            "C:\\dir",
                            "5 % of 3",
                            "e = mc",
                            "what?",
                            "I'm *",
                            "it's 10:30",
                            "@home",
                            "$5.99",
                            "“好”"}) {
    for (const std::size_t step : {1, 1000}) EXPECT_EQ(words(plain, step), plain) << step;
  }
}

TEST(MarkdownText, LeavesCodeOutAndSaysProse) {
  EXPECT_EQ(words("Here:\n```python\nprint(\"hello\")\n```\nDone."), "Here:\n\n\n\nDone.");
  EXPECT_EQ(words("```\nThe quick brown fox\nx = 3;\n```\n"), "\nThe quick brown fox\n\n\n");
  EXPECT_EQ(words("~~~\nif (a) { b(); }\n~~~\nEnd"), "\n\n\nEnd");
  EXPECT_EQ(words("Text\n```js\nf(1)"), "Text\n\n");
}

TEST(MarkdownText, SaysCodeWhenThereIsNothingElse) {
  EXPECT_EQ(words("```sh\nls -l\n```"), "\n\n\nls -l\n");
}

TEST(MarkdownText, PlainWordsDoNotWait) {
  MarkdownText text;
  EXPECT_EQ(text.add("Hello"), "Hello");
  EXPECT_EQ(text.add(" there, friend."), " there, friend.");
  EXPECT_EQ(text.add(" 3"), " 3");
  EXPECT_EQ(text.add(" is"), " is");
}

TEST(MarkdownText, NestedMarksAndLongUndecidedTextAreBounded) {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "> - ";
  EXPECT_LE(words(deep).size(), deep.size());
  const std::string open(50'000, '[');
  EXPECT_EQ(words(open), open);
  const std::string tags = [] {
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "<a";
    return text;
  }();
  EXPECT_EQ(words(tags), tags);
  MarkdownText text;
  std::size_t given = 0;
  for (int i = 0; i < 100; ++i) given += text.add("| a long row of a table without an end ").size();
  for (int i = 0; i < 100; ++i) given += text.add("more words that are certainly no table").size();
  EXPECT_GT(given, 3000U) << "a line that is too long is not waited for";
}

}  // namespace
}  // namespace earshot::worker
