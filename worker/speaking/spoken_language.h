// In which language a text is to be spoken. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// `preferred` (BCP 47, the agent's) where it is written in the script that most letters of the text have, and for
// digits and marks alone; else the language that this script stands for: kana for Japanese, Hangul for Korean,
// Cyrillic for Russian, Han for Chinese. A name in a foreign script within a sentence changes nothing.
std::string spoken_language(std::string_view text, std::string_view preferred);

}  // namespace earshot::worker
