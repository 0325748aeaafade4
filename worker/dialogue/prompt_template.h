// Fills the placeholders of an agent's prompt: {{date}} (2026-11-21), {{time}} (14:05), {{weekday}}
// (Saturday), {{language}} (BCP 47), {{device}} (its id), {{agent}} (its name), {{char}} and {{user}} (character.h).
// Pure.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

struct PromptFacts {
  std::tm local_time{};
  std::string_view language;
  std::string_view device;
  std::string_view agent;
  std::string_view character = {};
  std::string_view user = {};
};

// What is no placeholder stays as it is.
std::string filled_prompt(std::string_view prompt, const PromptFacts& facts);

// The first {{word}} that means nothing, for the reader of the configuration.
std::optional<std::string> unknown_placeholder(std::string_view prompt);

}  // namespace earshot::worker
