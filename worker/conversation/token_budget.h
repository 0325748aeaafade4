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

// What fits: the prompt (kSystem at the front) and the turn that goes on (from the last kUser) always stay;
// older turns go whole, the oldest first, so that no call loses its answer; if that is not enough, tool
// results of the turn that goes on are shortened, the oldest first.
// The result may exceed the budget by what always stays.
std::vector<Message> fit_dialogue(std::vector<Message> dialogue, std::size_t tokens);

}  // namespace earshot::worker
