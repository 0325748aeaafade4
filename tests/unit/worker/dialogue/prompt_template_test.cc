#include "worker/dialogue/prompt_template.h"

#include <gtest/gtest.h>

#include "worker/dialogue/agent.h"

namespace earshot::worker {
namespace {

PromptFacts saturday() {
  PromptFacts facts{.local_time = {}, .language = "de-DE", .device = "11:22", .agent = "kim"};
  facts.local_time.tm_year = 126;
  facts.local_time.tm_mon = 10;
  facts.local_time.tm_mday = 21;
  facts.local_time.tm_wday = 6;
  facts.local_time.tm_hour = 14;
  facts.local_time.tm_min = 5;
  return facts;
}

TEST(PromptTemplate, FillsItsPlaceholders) {
  EXPECT_EQ(filled_prompt("{{weekday}}, {{date}}, {{ time }}: {{agent}} on {{device}} in {{language}}.",
                          saturday()),
            "Saturday, 2026-11-21, 14:05: kim on 11:22 in de-DE.");
}

TEST(PromptTemplate, LeavesEverythingElseAsItIs) {
  for (const char* text :
       {"", "{", "{{", "}}", "{{date", "a { b } c", "{{{}}}", "{{nothing}}", "{\"a\": {}}"}) {
    EXPECT_EQ(filled_prompt(text, saturday()), text);
  }
  EXPECT_EQ(filled_prompt("{{x}}{{time}}{{", saturday()), "{{x}}14:05{{");
}

TEST(PromptTemplate, NamesWhatIsNoPlaceholder) {
  EXPECT_EQ(unknown_placeholder("{{date}} {{name}} {{other}}"), "{{name}}");
  EXPECT_FALSE(unknown_placeholder("{{date}} { } {{"));
  EXPECT_FALSE(unknown_placeholder(default_prompt()));
}

}  // namespace
}  // namespace earshot::worker
