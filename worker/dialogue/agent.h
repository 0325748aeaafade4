// Who answers: what makes one assistant another. Values only; the configuration names as many as it likes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/dialogue/character.h"
#include "worker/dialogue/wake_words.h"
#include "worker/memory/lore_rules.h"
#include "worker/memory/memory_level.h"

namespace earshot::worker {

// For replies that are heard, not read.
std::string_view default_prompt();
// Whole utterances that end a conversation without asking the brain.
std::vector<std::string> usual_exit_words();

struct Agent {
  std::string name = "default";
  std::string prompt{default_prompt()};  // with placeholders, see prompt_template.h; empty: none is sent
  std::string language;                  // BCP 47; empty: the device's own, else the configured one
  std::string voice;                     // of the speech provider; empty: its configured one
  std::vector<std::string> tools;        // names, `*` stands for anything; empty: all
  std::string greeting;                  // said to a wake word; empty: the brain is greeted
  std::string farewell;                  // empty: a usual one in the language
  std::string end_prompt;  // what the brain is told after a long silence; empty: the farewell is said
  MemoryLevel memory = MemoryLevel::kOff;  // what it remembers of the user between conversations
  LoreRules lore;                          // how it looks into its documents
  Character character;                     // whom it plays; nobody, as a rule
  std::vector<std::string> exit_words = usual_exit_words();
  std::vector<std::string> wake_words = WakeWords::usual();
  // Words, and what the voice says for each (word_replacements.h).
  std::vector<std::pair<std::string, std::string>> replacements;
};

}  // namespace earshot::worker
