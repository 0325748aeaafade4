#include "gateway/ctl/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/ctl/commands.h"

namespace earshot::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class CompletionTest : public testing::Test {
 protected:
  Completion complete_line(const std::string& line) {
    return complete(commands_, line, [this](Hint hint, const Arguments& before) -> std::vector<std::string> {
      asked_ = before;
      if (hint == Hint::kDevice) return {"kitchen", "kids-room", "hall"};
      if (hint == Hint::kTool) return {"self.get_status", "self.set_volume"};
      if (hint == Hint::kToolArgument) return {"volume="};
      return {};
    });
  }
  std::vector<std::string> words(const std::string& line) { return complete_line(line).words; }

  std::vector<Command> commands_ = all_commands();
  Arguments asked_;
};

TEST_F(CompletionTest, TheFirstWordIsACommandOrAGroupOnce) {
  EXPECT_THAT(words("earshotctl fi"), ElementsAre("firmware"));
  EXPECT_THAT(words("earshotctl "), Contains("devices"));
  EXPECT_THAT(words("earshotctl firmware "), ElementsAre("list", "remove", "rollout", "upload"));
  EXPECT_THAT(words("earshotctl firmware up"), ElementsAre("upload"));
}

TEST_F(CompletionTest, OptionsAreThoseOfTheCommandAndTheCommonOnes) {
  EXPECT_THAT(words("earshotctl devices --o"), ElementsAre("--online", "--offline"));
  EXPECT_THAT(words("earshotctl devices --"), Contains("--json"));
  EXPECT_THAT(words("earshotctl devices --"), Not(Contains("--percentage")));
  EXPECT_THAT(words("earshotctl set hall --transport "), ElementsAre("mqtt", "websocket"));
}

TEST_F(CompletionTest, DevicesToolsAndArgumentsAreAskedForWithWhatStandsBefore) {
  EXPECT_THAT(words("earshotctl show ki"), ElementsAre("kitchen", "kids-room"));
  EXPECT_THAT(words("earshotctl --url http://x:1 call kitchen self.s"), ElementsAre("self.set_volume"));
  EXPECT_EQ(asked_.text("DEVICE"), "kitchen");
  EXPECT_EQ(asked_.text("--url"), "http://x:1");
  EXPECT_THAT(words("earshotctl call kitchen self.set_volume "), ElementsAre("volume="));
  EXPECT_EQ(asked_.text("TOOL"), "self.set_volume");
  EXPECT_THAT(words("earshotctl call \"kids room\" --timeout 5s "),
              ElementsAre("self.get_status", "self.set_volume"));
  EXPECT_EQ(asked_.text("DEVICE"), "kids room");
}

TEST_F(CompletionTest, WhatNobodyKnowsIsNothing) {
  EXPECT_THAT(words("earshotctl bind "), IsEmpty());
  EXPECT_THAT(words("earshotctl show kitchen "), IsEmpty());
  EXPECT_THAT(words("earshotctl nonsense x"), IsEmpty());
  EXPECT_THAT(words(""), IsEmpty());
}

TEST_F(CompletionTest, AFilesNameIsTheShellsToKnow) {
  EXPECT_TRUE(complete_line("earshotctl agents apply ").files);
  EXPECT_FALSE(complete_line("earshotctl show ").files);
}

TEST(BehindLastBreakTest, OnlyWhatBashReplacesIsGivenBack) {
  EXPECT_EQ(behind_last_break("earshotctl show aa:bb", "aa:bb:cc:00:00:01"), "bb:cc:00:00:01");
  EXPECT_EQ(behind_last_break("earshotctl show aa", "aa:bb:cc:00:00:01"), "aa:bb:cc:00:00:01");
  EXPECT_EQ(behind_last_break("earshotctl show ", "kitchen"), "kitchen");
}

}  // namespace
}  // namespace earshot::ctl
