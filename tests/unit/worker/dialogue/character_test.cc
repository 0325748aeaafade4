#include "worker/dialogue/character.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/dialogue/persona.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string prompt_of(const Agent& agent) {
  return Persona(agent, "en", "en", "device").prompt({});
}

TEST(Character, NobodyIsPlayedWithoutBlocks) {
  EXPECT_EQ(character_text({}), "");
  EXPECT_EQ(character_text({.name = "Miso", .user = "Ann"}), "");
  Agent agent;
  agent.prompt = "Answer.";
  EXPECT_EQ(prompt_of(agent), "Answer.");
}

TEST(Character, BlocksStandInFrontOfThePromptWithTheNamesFilledIn) {
  Agent agent;
  agent.prompt = "Be kind to {{user}}.";
  agent.character = {.name = "Miso",
                     .user = "Ann",
                     .settings = "{{char}} is a bear.",
                     .personality = "Shy.",
                     .mask = "{{user}} is a child.",
                     .examples = "{{char}}: Hm."};
  const std::string prompt = prompt_of(agent);
  EXPECT_TRUE(prompt.starts_with("You play Miso in a conversation with Ann.")) << prompt;
  std::size_t at = 0;
  for (const char* part : {"Miso is a bear.", "Shy.", "Ann is a child.", "Miso: Hm.", "Be kind to Ann."}) {
    const std::size_t found = prompt.find(part);
    ASSERT_NE(found, std::string::npos) << part;
    EXPECT_GT(found, at);
    at = found;
  }
  EXPECT_THAT(prompt, Not(HasSubstr("{{")));
}

TEST(Character, WhatIsEmptyIsLeftOut) {
  const std::string text = character_text({.personality = "Shy."});
  EXPECT_THAT(text, HasSubstr("How you are:\nShy."));
  EXPECT_THAT(text, Not(HasSubstr("Who you are")));
  EXPECT_THAT(text, Not(HasSubstr("How you speak")));
}

TEST(Character, WithoutNamesItIsTheAgentAndTheUser) {
  Agent agent;
  agent.name = "bear";
  agent.prompt = "{{char}} and {{user}}";
  EXPECT_EQ(prompt_of(agent), "bear and the user");
}

TEST(Character, TheModelIsToldItsTags) {
  EXPECT_THAT(character_text({.emotions = {{"shy", "embarrassed"}, {"glad", "happy"}}}),
              HasSubstr("[glad], [shy]."));
}

}  // namespace
}  // namespace earshot::worker
