// How much of a dialogue a brain is sent. Pure.
//
// Tokens are estimated, not counted: every model has a tokenizer of its own, and the budget only has to bound
// cost and delay. Four ASCII characters are one token (OpenAI's rule of thumb for English); a two-byte
// character (Cyrillic, Greek, Arabic, accents) is half of one; any longer one (Chinese, Japanese, Korean,
// Thai, Hindi, emoji) is a whole one, where current tokenizers need 0.6 to 1.3. A message costs four more for
// its role and separators.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

std::size_t estimated_tokens(std::string_view text);
std::size_t estimated_tokens(const Message& message);
std::size_t estimated_tokens(const std::vector<Message>& dialogue);

// At most about `tokens` of the text, cut between characters; a cut one ends with " [...]".
std::string shortened(std::string_view text, std::size_t tokens);

// The latest turns in front of the one that goes on always stay, so that nobody who was just told something has
// to say it again.
inline constexpr std::size_t kLeastTurns = 3;

// What fits: `tokens` are for what stands behind the prompt (kSystem at the front), which is sent in any case.
// The turn that goes on (from the last words of the user) and kLeastTurns before it stay; older ones go whole,
// the oldest first, so that no call loses its answer. Of what stays, a text of more than the whole budget is
// shortened, and if that is not enough, tool results are, the oldest first.
std::vector<Message> fit_dialogue(std::vector<Message> dialogue, std::size_t tokens);

}  // namespace earshot::worker
