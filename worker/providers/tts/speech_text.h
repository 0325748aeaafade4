// What of a sentence is worth sending to a service. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::worker {

// Whether there is anything to say: a letter, digit or character of any script. Punctuation, white space and
// emoji alone make services answer with an error or with nothing at all.
bool speakable(std::string_view text);

// Longer texts are cut by the local voices: what one answer may say is bounded elsewhere, this protects the engines.
inline constexpr std::size_t kMaxTextBytes = 4096;
// The front of `text` of at most `max_bytes`, cut between characters.
std::string front_of(const std::string& text, std::size_t max_bytes);

// "zh" of "zh-CN"; in lower case.
std::string primary_language(std::string_view language);

}  // namespace earshot::worker
