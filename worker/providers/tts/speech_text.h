// What of a sentence is worth sending to a service. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// Whether there is anything to say: a letter, digit or character of any script. Punctuation, white space and
// emoji alone make services answer with an error or with nothing at all.
bool speakable(std::string_view text);

// "zh" of "zh-CN"; in lower case.
std::string primary_language(std::string_view language);

}  // namespace earshot::worker
