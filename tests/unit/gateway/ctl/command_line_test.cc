#include "gateway/ctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"

namespace earshot::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  std::variant<Chosen, int> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "earshotctl");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    auto result = parse_command_line(commands_, static_cast<int>(words.size()), words.data());
    printed_ = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    return result;
  }
  Chosen chosen(std::vector<const char*> words) {
    auto result = parse(std::move(words));
    return std::holds_alternative<Chosen>(result) ? std::get<Chosen>(result) : Chosen{};
  }
  std::vector<Command> commands_ = all_commands();
  std::string printed_;
};

TEST_F(CommandLineTest, PlacesOptionsAndCommonOptionsMayStandAnywhere) {
  const Chosen call = chosen({"--json", "call", "kitchen", "self.set", "volume=-5", "on=true", "--timeout",
                              "3s", "--url", "http://x"});
  ASSERT_NE(call.command, nullptr) << printed_;
  EXPECT_EQ(call.command->path, "call");
  EXPECT_EQ(call.arguments.text("DEVICE"), "kitchen");
  EXPECT_THAT(call.arguments.all("KEY=VALUE"), ElementsAre("volume=-5", "on=true"));
  EXPECT_EQ(call.arguments.duration_ms("--timeout", 0), 3000);
  EXPECT_EQ(call.arguments.text("--url"), "http://x");
  EXPECT_TRUE(call.arguments.has("--json"));
  EXPECT_TRUE(chosen({"devices", "--json"}).arguments.has("--json"));
}

TEST_F(CommandLineTest, AGroupAloneIsItsList) {
  EXPECT_EQ(chosen({"tokens"}).command->path, "tokens list");
  EXPECT_EQ(chosen({"firmware", "list", "--json"}).command->path, "firmware list");
  EXPECT_EQ(chosen({"command", "show", "x"}).command->path, "command show");
}

TEST_F(CommandLineTest, MistakesAreUsageAndNamed) {
  for (const auto& words : std::vector<std::vector<const char*>>{{},
                                                                 {"no-such"},
                                                                 {"show"},
                                                                 {"show", "a", "b"},
                                                                 {"devices", "--bogus"},
                                                                 {"set", "x", "--transport", "pigeon"},
                                                                 {"firmware", "upload", "x.bin"}}) {
    const auto result = parse(words);
    ASSERT_TRUE(std::holds_alternative<int>(result)) << (words.empty() ? "" : words[0]);
    EXPECT_EQ(std::get<int>(result), static_cast<int>(Exit::kUsage));
    EXPECT_FALSE(printed_.empty());
  }
}

TEST_F(CommandLineTest, HelpTellsTheExitCodes) {
  EXPECT_EQ(std::get<int>(parse({"--help"})), 0);
  EXPECT_THAT(printed_, HasSubstr("6 the device refused"));
  EXPECT_EQ(std::get<int>(parse({"call", "--help"})), 0);
  EXPECT_THAT(printed_, HasSubstr("--json-args"));
}

TEST_F(CommandLineTest, EveryCommandHasHelpAndDoesSomething) {
  for (const Command& command : commands_) {
    EXPECT_FALSE(command.help.empty()) << command.path;
    EXPECT_TRUE(command.run) << command.path;
    for (const Parameter& parameter : command.parameters)
      EXPECT_FALSE(parameter.help.empty()) << command.path << " " << parameter.name;
  }
}

}  // namespace
}  // namespace earshot::ctl
