// In which language a text is to be spoken. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// `preferred` (BCP 47) unless the script of the text says otherwise: a Chinese voice for Chinese characters,
// and none for a text that has no such character.
std::string spoken_language(std::string_view text, std::string_view preferred);

}  // namespace earshot::worker
