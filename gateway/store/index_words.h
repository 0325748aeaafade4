// A text as the words of an index: Latin and other words as they are, Chinese, Japanese and Korean ones as single
// characters and pairs of neighbours, because they are written without blanks. Pure.
//
// Each word carries the number of its owner in front ("7xtea"): an index of all owners is one of each then, and how
// rare a word is counts among that owner's turns alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::store {

inline constexpr std::size_t kMaxQueryWords = 48;

// In order, in small letters of A to Z.
std::vector<std::string> text_words(std::string_view text);

// Those of a question, without their owner: see question_words().
std::vector<std::string> asked_words(std::string_view text);

// Words with blanks between them: letters and digits only, for a tokenizer that splits at anything else.
std::string index_words(std::int64_t owner, std::string_view text);

// Those of a question: each once, without words that every question has ("what", "的"), at most kMaxQueryWords, the
// longest of them. Empty: it has none.
std::string question_words(std::int64_t owner, std::string_view text);

// The same, each for itself: letters and digits, so that none can be a query's syntax where it stands in quotation marks.
std::vector<std::string> question_terms(std::int64_t owner, std::string_view text);

}  // namespace earshot::store
