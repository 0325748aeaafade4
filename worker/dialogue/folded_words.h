// Text without what nobody hears: case, blanks and punctuation. For comparing what was said. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// "Hi, ESP!" and "hi esp" are both "hiesp". ASCII letters and digits, and everything outside ASCII but the
// usual Chinese and Japanese marks, are kept.
std::string folded_words(std::string_view text);

}  // namespace earshot::worker
