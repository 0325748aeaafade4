// Cuts what was said or typed into words that a PhrasePattern can compare: lower case, no punctuation. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

// Nobody speaks a command longer than this; a longer text is no command.
inline constexpr std::size_t kMaxCommandWords = 32;

// "What's the time?" -> what's the time; "50%" -> 50 percent; each Chinese character is a word of its own.
// RETURNS: at most kMaxCommandWords + 1 words.
std::vector<std::string> utterance_words(std::string_view text);

bool is_chinese(char32_t character);

}  // namespace earshot::worker
