// The front of a reply that can be spoken before the sentence it belongs to is written. Pure.
//
// A voice that gets a clause first starts earlier, but must not stop before the next piece is there, and must
// not sound torn. So a clause goes ahead when:
// - it ends at a comma, a dash, a colon or a semicolon of any script, with a blank behind it where the script
//   has blanks; not within a number, quotes or brackets;
// - it takes about a second to say (kLeastClause, by 65 ms a letter and 210 ms a Chinese character): so long it
//   covers for the piece behind it;
// - it has three words or more, where words can be counted: "Well, ..." and "Yes, ..." wait;
// - what follows is no list: "I like apples, pears and plums" stays whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::worker {

constexpr Milliseconds kLeastClause{900};

// `text`: the reply as far as it is known, its first sentence not over.
// RETURNS: the bytes of the clause; nullopt: there is none yet.
std::optional<std::size_t> first_clause_bytes(std::string_view text);

}  // namespace earshot::worker
