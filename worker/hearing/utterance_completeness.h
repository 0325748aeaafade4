// Does what was said so far look like all of it? Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace earshot::worker {

enum class Completeness : std::uint8_t { kUnknown, kFinished, kUnfinished };

// `words`: an interim transcript, in any language. `language` (BCP 47) chooses the word list for Latin
// script: German, French or Spanish, English otherwise; Chinese, Japanese and Korean are known by their
// script. Only ends count: a last word that asks for another one ("and", 因为) is unfinished even before a
// full stop, since recognisers put one behind what they have heard so far; a comma is unfinished; a mark that
// ends a sentence, or a particle that does (吗, です), is finished. Words that may end a sentence as well
// ("on", "that") are in no list. Not UTF-8, or nothing: kUnknown.
// Cost: the last few words, whatever the length.
Completeness completeness(std::string_view words, std::string_view language);

}  // namespace earshot::worker
