// What is left of a sentence when its voice broke off. Pure.
//
// How much was said is only known as time, so it is compared with an estimate of how long the text takes:
// 65 ms a letter (about 150 English words a minute), 210 ms a Chinese, Japanese or Korean character, 220 ms a
// digit, a pause at commas and full stops. The cut is the clause boundary nearest to that point when one is
// within 300 ms or 15 % of it (voices send their audio clause by clause); else the first word behind the
// point, so that no word is said twice.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::worker {

// RETURNS: the part of `sentence` (valid UTF-8) to be said after `voiced` of it; empty when no word is left.
std::string unspoken_rest(std::string_view sentence, Milliseconds voiced);

// Something that a voice makes a sound of.
bool has_words(std::string_view text);

}  // namespace earshot::worker
