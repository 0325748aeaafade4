// Which of the passages that share words with a question are worth showing to a model. Pure.
//
// BM25 (the stores' order) has no scale, so it cannot tell "a good one" from "the least bad one". What counts here is
// how much of the question a passage holds: a word or a pair of Han characters counts twice a single Han character, and
// English ones are compared without their endings.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "gateway/store/lore_store.h"

namespace earshot::store {

// 0 to 1; of words that every question has ("what", "的") none count.
double shared_part(std::string_view question, std::string_view passage);

// Whether one of the keys stands in the question: whole words, in any case of A to Z; Han ones anywhere.
bool names_key(std::string_view question, const std::vector<std::string>& keys);

// First those whose keys are named, then those of at least `threshold`, `most` in all.
std::vector<FoundPassage> chosen_passages(std::string_view question, std::vector<FoundPassage> found,
                                          double threshold, std::size_t most);

// Keys as one text and back, a line each.
std::string key_lines(const std::vector<std::string>& keys);
std::vector<std::string> keys_of(std::string_view lines);

}  // namespace earshot::store
