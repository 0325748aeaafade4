#include "gateway/store/lore_choice.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "gateway/store/index_words.h"

namespace earshot::store {

namespace {

bool is_latin_word(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

// The commonest endings of English: "opens", "opening" and "opened" are one word.
std::string without_ending(std::string word) {
  if (!is_latin_word(word)) return word;
  const auto drop = [&](std::string_view ending, std::size_t least) {
    if (!word.ends_with(ending) || word.size() < ending.size() + least) return false;
    word.resize(word.size() - ending.size());
    return true;
  };
  if (drop("ies", 2) || drop("ied", 2)) return word + 'y';
  const bool shortened = drop("ing", 3) || drop("ed", 3);
  if (!shortened && !word.ends_with("ss")) drop("s", 3);
  if (shortened && word.size() > 3 && word[word.size() - 1] == word[word.size() - 2]) word.pop_back();
  drop("e", 3);
  return word;
}

constexpr std::size_t kHanBytes = 3;

double weight_of(std::string_view word) {
  return word.size() == kHanBytes && static_cast<unsigned char>(word.front()) >= 0xE3 ? 1.0 : 2.0;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string lower_text(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return made;
}

bool stands_in(const std::string& question, const std::string& key) {
  if (key.empty()) return false;
  for (std::size_t at = question.find(key); at != std::string::npos; at = question.find(key, at + 1)) {
    const std::size_t end = at + key.size();
    const bool goes_on_before = at > 0 && is_word_byte(key.front()) && is_word_byte(question[at - 1]);
    const bool goes_on_behind =
        end < question.size() && is_word_byte(key.back()) && is_word_byte(question[end]);
    if (!goes_on_before && !goes_on_behind) return true;
  }
  return false;
}

}  // namespace

double shared_part(std::string_view question, std::string_view passage) {
  std::unordered_set<std::string> there;
  for (std::string& word : text_words(passage)) there.insert(without_ending(std::move(word)));
  double all = 0;
  double shared = 0;
  for (const std::string& word : asked_words(question)) {
    const double weight = weight_of(word);
    all += weight;
    if (there.contains(without_ending(word))) shared += weight;
  }
  return all > 0 ? shared / all : 0;
}

bool names_key(std::string_view question, const std::vector<std::string>& keys) {
  const std::string small = lower_text(question);
  return std::ranges::any_of(keys, [&](const std::string& key) { return stands_in(small, lower_text(key)); });
}

std::vector<FoundPassage> chosen_passages(std::string_view question, std::vector<FoundPassage> found,
                                          double threshold, std::size_t most) {
  std::erase_if(found, [&](const FoundPassage& one) {
    return one.passage.keys.empty() ? shared_part(question, one.passage.text) < threshold
                                    : !names_key(question, one.passage.keys);
  });
  std::ranges::stable_partition(found, [](const FoundPassage& one) { return !one.passage.keys.empty(); });
  if (found.size() > most) found.resize(most);
  return found;
}

std::string key_lines(const std::vector<std::string>& keys) {
  std::string lines;
  for (const std::string& key : keys) lines += (lines.empty() ? "" : "\n") + key;
  return lines;
}

std::vector<std::string> keys_of(std::string_view lines) {
  std::vector<std::string> keys;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (end > 0) keys.emplace_back(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return keys;
}

}  // namespace earshot::store
