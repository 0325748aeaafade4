#include "worker/dialogue/token_budget.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace earshot::worker {

namespace {

constexpr std::size_t kTokensPerMessage = 4;
constexpr std::size_t kLeastResultTokens = 64;  // a shortened tool result still says something
constexpr std::string_view kCutMarker = " [...]";

// In quarters of a token, of the character that `lead` begins; continuation bytes cost nothing.
std::size_t quarters(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xe0 ? 2 : 4;
}

bool continues_character(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

// RETURNS: where the turn that begins at `first` ends: at the next words of the user.
std::size_t turn_end(const std::vector<Message>& dialogue, std::size_t first) {
  std::size_t end = first + 1;
  while (end < dialogue.size() && dialogue[end].role != Message::Role::kUser) ++end;
  return end;
}

}  // namespace

std::size_t estimated_tokens(std::string_view text) {
  std::size_t sum = 0;
  for (const char c : text) sum += quarters(c);
  return (sum + 3) / 4;
}

std::size_t estimated_tokens(const Message& message) {
  std::size_t sum = kTokensPerMessage + estimated_tokens(message.text);
  for (const ToolCall& call : message.tool_calls) {
    sum += kTokensPerMessage + estimated_tokens(call.name) + estimated_tokens(call.arguments);
  }
  return sum;
}

std::size_t estimated_tokens(const std::vector<Message>& dialogue) {
  std::size_t sum = 0;
  for (const Message& message : dialogue) sum += estimated_tokens(message);
  return sum;
}

std::string shortened(std::string_view text, std::size_t tokens) {
  if (estimated_tokens(text) <= tokens) return std::string(text);
  const std::size_t marker = estimated_tokens(kCutMarker);
  const std::size_t room = tokens > marker ? 4 * (tokens - marker) : 0;
  std::size_t used = 0;
  std::size_t cut = 0;
  while (cut < text.size() && used + quarters(text[cut]) <= room) used += quarters(text[cut++]);
  while (cut > 0 && cut < text.size() && continues_character(text[cut])) --cut;
  return std::string(text.substr(0, cut)) + std::string(kCutMarker);
}

std::vector<Message> fit_dialogue(std::vector<Message> dialogue, std::size_t tokens) {
  const std::size_t kept = !dialogue.empty() && dialogue.front().role == Message::Role::kSystem ? 1 : 0;
  const std::span<Message> behind_prompt(dialogue.begin() + static_cast<std::ptrdiff_t>(kept),
                                         dialogue.end());
  std::vector<std::size_t> turns;  // where each begins
  for (std::size_t at = kept; at < dialogue.size(); at = turn_end(dialogue, at)) turns.push_back(at);
  for (std::size_t at = kept; !turns.empty() && at < turns.back(); ++at)
    dialogue[at].text = shortened(dialogue[at].text, tokens);
  std::size_t sum = 0;
  for (const Message& message : behind_prompt) sum += estimated_tokens(message);
  std::size_t first = kept;  // of what stays behind the prompt
  for (std::size_t i = 0; i + kLeastTurns + 1 < turns.size() && sum > tokens; ++i) {
    for (; first < turns[i + 1]; ++first) sum -= estimated_tokens(dialogue[first]);
  }
  dialogue.erase(dialogue.begin() + static_cast<std::ptrdiff_t>(kept),
                 dialogue.begin() + static_cast<std::ptrdiff_t>(first));
  for (Message& message : dialogue) {
    if (sum <= tokens) break;
    if (message.role != Message::Role::kTool) continue;
    const std::size_t before = estimated_tokens(message.text);
    const std::size_t excess = sum - tokens;
    message.text = shortened(
        message.text, std::max(kLeastResultTokens, before > excess ? before - excess : std::size_t{0}));
    sum -= before - estimated_tokens(message.text);
  }
  return dialogue;
}

}  // namespace earshot::worker
