#include "worker/http_tools/answer_text.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

std::string told(const AnswerTerms& terms, std::string_view body, std::size_t most = 1000) {
  const auto text = answer_text(terms, body, most);
  return text.ok() ? *text : "error: " + text.error().message;
}

TEST(AnswerText, TellsWhatAPointerNames) {
  EXPECT_EQ(told({.answer = "/a/1/b~1c"}, R"({"a":[0,{"b/c":"x"}]})"), "x");
  EXPECT_EQ(told({.answer = ""}, R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(told({.answer = "/a/9"}, R"({"a":[0]})"), "error: the service has no answer to that");
  EXPECT_EQ(told({.answer = "/a/x/y"}, R"({"a":[0]})"), "error: the service has no answer to that");
}

TEST(AnswerText, TellsOfEachItemInWordsUpToALimit) {
  EXPECT_EQ(told({.each = "/r", .limit = 2, .answer = "{{/t}}: {{/u}}"},
                 R"({"r":[{"t":"a","u":1},{"t":"b"},{"t":"c"}]})"),
            "a: 1\nb: ");
  EXPECT_EQ(told({.each = "/r", .answer = "/t"}, R"({"r":[]})"), "error: the service has no answer to that");
  EXPECT_EQ(told({.each = "/r", .answer = "/t"}, R"({"r":7})"), "error: the service has no answer to that");
}

TEST(AnswerText, KnowsOtherFormatsAndCutsWhatIsLong) {
  EXPECT_EQ(told({.format = AnswerTerms::Format::kText}, "plain \xff"), "plain \xEF\xBF\xBD");
  EXPECT_EQ(told({.format = AnswerTerms::Format::kFeed, .each = "/items", .answer = "{{/title}}"},
                 "<item><title>News</title></item>"),
            "News");
  EXPECT_EQ(told({}, "<html>"), "error: the service's answer is not JSON");
  EXPECT_EQ(told({.format = AnswerTerms::Format::kText}, std::string(5000, 'x')).size(), 1000U);
}

}  // namespace
}  // namespace earshot::worker
