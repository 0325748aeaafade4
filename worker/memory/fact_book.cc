#include "worker/memory/fact_book.h"

#include <algorithm>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

// Most of its words: three of five.
bool speaks_of(const std::vector<std::string>& what, const std::vector<std::string>& fact) {
  const auto common = std::ranges::count_if(
      what, [&](const std::string& word) { return std::ranges::find(fact, word) != fact.end(); });
  return !what.empty() && common * 5 >= static_cast<std::ptrdiff_t>(what.size()) * 3;
}

}  // namespace

std::vector<std::string> compared_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  std::string_view neighbour;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const char small = lead >= 'A' && lead <= 'Z' ? static_cast<char>(lead - 'A' + 'a') : text[i];
    if (lead < 0x80) {
      neighbour = {};
      if (is_word_byte(small)) {
        word += small;
      } else if (!word.empty()) {
        words.push_back(std::exchange(word, {}));
      }
      ++i;
      continue;
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const std::string_view character = text.substr(i, size);
    i += size;
    if (size == 2) {  // letters of other alphabets
      word += character;
      continue;
    }
    if (!word.empty()) words.push_back(std::exchange(word, {}));
    const bool mark = character.starts_with("\xE3\x80") || character.starts_with("\xEF\xBC");
    if (!mark && !neighbour.empty()) words.push_back(std::string(neighbour) + std::string(character));
    neighbour = mark ? std::string_view() : character;
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

void FactBook::restore(std::vector<KnownFact> facts) {
  if (facts.size() > kMaxFacts) facts.resize(kMaxFacts);
  for (KnownFact& fact : facts) fact.text = json::clean_text(fact.text, kMaxFactBytes);
  facts_ = std::move(facts);
}

bool FactBook::learn(std::string_view text, std::int64_t at_ms) {
  const std::string fact = json::clean_text(text, kMaxFactBytes);
  if (fact.empty()) return false;
  const std::vector<std::string> words = compared_words(fact);
  const bool known =
      std::ranges::any_of(facts_, [&](const KnownFact& one) { return compared_words(one.text) == words; });
  if (known) return false;
  apply({.learnt = {fact}}, at_ms);
  return true;
}

void FactBook::apply(FactChange change, std::int64_t at_ms) {
  std::erase_if(facts_, [&](const KnownFact& one) {
    return one.id != 0 && std::ranges::find(change.forgotten, one.id) != change.forgotten.end();
  });
  for (const std::string& text : change.learnt) facts_.push_back({.id = 0, .at_ms = at_ms, .text = text});
  if (facts_.size() > kMaxFacts)
    facts_.erase(facts_.begin(), facts_.end() - static_cast<std::ptrdiff_t>(kMaxFacts));
  keep_(std::move(change));
}

// A fact that was learnt a moment ago has no number yet: the gateway's next answer brings it, and it is still known.
std::vector<std::string> FactBook::forget(std::string_view what) {
  const std::vector<std::string> words = compared_words(what);
  FactChange change;
  std::vector<std::string> gone;
  for (const KnownFact& one : facts_) {
    const bool meant = !what.empty() && (one.text.find(what) != std::string::npos ||
                                         speaks_of(words, compared_words(one.text)));
    if (!meant || one.id == 0) continue;
    change.forgotten.push_back(one.id);
    gone.push_back(one.text);
  }
  if (!gone.empty()) apply(std::move(change), 0);
  return gone;
}

void FactBook::forget_everything() {
  facts_.clear();
  forgotten_ = true;
  keep_({.learnt = {}, .forgotten = {}, .summary = {}, .everything = true});
}

bool FactBook::take_forgotten() {
  return std::exchange(forgotten_, false);
}

}  // namespace earshot::worker
