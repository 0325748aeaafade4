#include "worker/providers/llm/wishes/wish.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "worker/providers/llm/phrase_pattern.h"
#include "worker/providers/llm/wishes/said_duration.h"
#include "worker/providers/llm/wishes/said_words.h"
#include "worker/providers/llm/wishes/wish_rules.h"

namespace earshot::worker {

namespace {

using WishWords = std::span<const std::string>;

constexpr std::size_t kMaxListNameWords = 4;
constexpr std::size_t kMaxItemsAtOnce = 16;
// Of a number, an amount, a time; free text may be longer.
constexpr std::size_t kMaxFigureWords = 24;

// What people say around a wish; cut off as long as one fits.
constexpr auto kBefore = std::to_array<std::string_view>({"please",
                                                          "hey",
                                                          "hi",
                                                          "hello",
                                                          "ok",
                                                          "okay",
                                                          "so",
                                                          "and",
                                                          "well",
                                                          "um",
                                                          "uh",
                                                          "earshot",
                                                          "can you",
                                                          "could you",
                                                          "would you",
                                                          "will you",
                                                          "i want you to",
                                                          "i would like you to",
                                                          "请问",
                                                          "请",
                                                          "帮我",
                                                          "麻烦你",
                                                          "麻烦",
                                                          "你能",
                                                          "你可以",
                                                          "能不能",
                                                          "可以",
                                                          "那"});
constexpr auto kBehind = std::to_array<std::string_view>(
    {"please", "thanks", "thank you", "for me", "equals", "=", "吧", "好吗", "谢谢", "呢", "可以吗"});

struct CutPhrase {
  std::vector<std::string> words;
};

std::vector<CutPhrase> cut_phrases(std::span<const std::string_view> phrases) {
  std::vector<CutPhrase> cut;
  for (const std::string_view phrase : phrases) cut.push_back({said_words(phrase).words});
  return cut;
}

// RETURNS: the words [first, last) that are left.
std::pair<std::size_t, std::size_t> without_politeness(WishWords words) {
  static const std::vector<CutPhrase> kCutBefore = cut_phrases(kBefore);
  static const std::vector<CutPhrase> kCutBehind = cut_phrases(kBehind);
  std::size_t first = 0;
  std::size_t last = words.size();
  const auto fits = [&](const CutPhrase& phrase, std::size_t at) {
    return std::equal(phrase.words.begin(), phrase.words.end(),
                      words.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (bool cut = true; cut;) {
    cut = false;
    for (const CutPhrase& phrase : kCutBefore) {
      if (phrase.words.size() >= last - first || !fits(phrase, first)) continue;
      first += phrase.words.size();
      cut = true;
    }
    for (const CutPhrase& phrase : kCutBehind) {
      if (phrase.words.size() >= last - first || !fits(phrase, last - phrase.words.size())) continue;
      last -= phrase.words.size();
      cut = true;
    }
  }
  return {first, last};
}

bool may_fill(std::string_view slot, WishWords words) {
  if (slot == "text" || slot == "items") return true;
  if (slot == "list") return words.size() <= kMaxListNameWords;
  if (words.size() > kMaxFigureWords) return false;
  if (slot == "sum") return read_calculation(words).has_value();
  if (slot == "measure") return read_measure(words).has_value();
  if (slot == "unit") return whole_unit(words) != nullptr;
  if (slot == "duration") return read_said_duration(words).has_value();
  if (slot == "moment") return read_said_moment(words).has_value();
  if (slot == "day") return read_said_day(words).has_value();
  if (slot == "place") return find_place(words) != nullptr;
  return false;
}

bool has_comma(std::string_view gap) {
  constexpr auto kCommas = std::to_array<std::string_view>({",", ";", "、", "，", "；"});
  return std::ranges::any_of(
      kCommas, [gap](std::string_view comma) { return gap.find(comma) != std::string_view::npos; });
}

// "milk, eggs and bread": 3. As written, without articles.
std::vector<std::string> items_of(const SaidWords& said, std::size_t first, std::size_t last) {
  std::vector<std::string> items;
  std::size_t begin = first;
  const auto add = [&](std::size_t end) {
    while (begin < end &&
           (said.words[begin] == "some" || said.words[begin] == "a" || said.words[begin] == "an"))
      ++begin;
    if (begin < end && items.size() < kMaxItemsAtOnce) items.push_back(said.as_written(begin, end));
  };
  for (std::size_t at = first; at < last; ++at) {
    const bool joint = said.words[at] == "and" || said.words[at] == "和";
    // A comma is no word, but stands between two.
    const bool comma =
        at > begin &&
        has_comma(said.text.substr(said.places[at - 1].end, said.places[at].begin - said.places[at - 1].end));
    if (!joint && !comma) continue;
    add(at);
    begin = joint ? at + 1 : at;
  }
  add(last);
  return items;
}

struct CompiledRule {
  const WishRule* rule;
  PhrasePattern pattern;
};

const std::vector<CompiledRule>& compiled_rules() {
  static const std::vector<CompiledRule> kCompiled = [] {
    std::vector<CompiledRule> compiled;
    for (const WishRule& rule : wish_rules()) compiled.push_back({&rule, PhrasePattern(rule.pattern)});
    return compiled;
  }();
  return kCompiled;
}

void fill(Wish& wish, const PhrasePattern::Slot& slot, const SaidWords& said) {
  const WishWords words = WishWords(said.words).subspan(slot.first, slot.last - slot.first);
  if (slot.name == "sum") wish.calculation = *read_calculation(words);
  if (slot.name == "measure") wish.measure = *read_measure(words);
  if (slot.name == "unit") wish.target = whole_unit(words);
  if (slot.name == "duration") wish.seconds = read_said_duration(words);
  if (slot.name == "moment") wish.moment = read_said_moment(words);
  if (slot.name == "day") wish.day = read_said_day(words);
  if (slot.name == "place") wish.place = find_place(words);
  if (slot.name == "text") wish.text = said.as_written(slot.first, slot.last);
  if (slot.name == "items") wish.items = items_of(said, slot.first, slot.last);
  if (slot.name == "list") {
    std::size_t first = slot.first;
    const auto of_nobody = [](const std::string& word) {
      return word == "我" || word == "的" || word == "my" || word == "the" || word == "our";
    };
    while (first < slot.last && of_nobody(said.words[first])) ++first;
    wish.list = said.as_written(first, slot.last);
  }
}

std::optional<Wish> read_words(const SaidWords& said, std::size_t first, std::size_t last) {
  const WishWords words = WishWords(said.words).subspan(first, last - first);
  for (const CompiledRule& one : compiled_rules()) {
    auto match = one.pattern.match(words, may_fill);
    if (!match) continue;
    Wish wish{.kind = one.rule->kind, .language = one.rule->language, .rings = one.rule->rings};
    for (PhrasePattern::Slot& slot : match->slots) {
      slot.first += first;
      slot.last += first;
      fill(wish, slot, said);
    }
    if (wish.target != nullptr && wish.measure.unit != nullptr &&
        wish.target->quantity != wish.measure.unit->quantity)
      wish.target = nullptr;
    // A bare "12 * 7" has no language: signs and digits are everybody's.
    const bool bare = wish.kind == WishKind::kCalculate && wish.language == "en" &&
                      std::ranges::any_of(words, [](const std::string& word) {
                        return word.size() == 3 && static_cast<unsigned char>(word[0]) >= 0xe3;
                      });
    if (bare) wish.language = "zh";
    return wish;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Wish> read_wish(std::string_view text) {
  const SaidWords said = said_words(text);
  const auto [first, last] = without_politeness(said.words);
  if (first >= last) return std::nullopt;
  // "well done" and 你好吗 are what they are as a whole.
  if (auto whole = read_words(said, 0, said.words.size())) return whole;
  if (last - first == said.words.size()) return std::nullopt;
  return read_words(said, first, last);
}

std::optional<Wish> with_time(Wish wish, std::string_view text) {
  static const PhrasePattern kTime(
      "[in | for | at] (<duration> [from now] | <moment>) | <duration> [以 | 之] 后");
  const SaidWords said = said_words(text);
  const auto [first, last] = without_politeness(said.words);
  const auto match = kTime.match(WishWords(said.words).subspan(first, last - first), may_fill);
  if (!match) return std::nullopt;
  for (PhrasePattern::Slot slot : match->slots) {
    slot.first += first;
    slot.last += first;
    fill(wish, slot, said);
  }
  return wish;
}

}  // namespace earshot::worker
