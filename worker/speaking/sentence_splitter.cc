#include "worker/speaking/sentence_splitter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "worker/speaking/first_clause.h"
#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

// Chinese and Japanese, halfwidth Japanese, Hindi, Arabic, Urdu, Armenian, Ethiopic, Burmese, Khmer.
constexpr auto kMarks =
    std::to_array<std::string_view>({"。", "！", "？", "；", "｡", "।", "॥", "؟", "۔", "։", "።", "။", "។"});
constexpr auto kClosers =
    std::to_array<std::string_view>({"\"", "'", ")", "]", "”", "’", "」", "』", "）", "】", "》", "»", "〉"});
constexpr auto kWideCommas = std::to_array<std::string_view>({"，", "、", "：", "،"});
constexpr auto kAbbreviations = std::to_array<std::string_view>(
    {"mr", "mrs", "ms",   "dr",   "prof", "st",  "vs",   "jr", "sr",  "approx", "e.g", "i.e", "bzw",
     "ca", "nr",  "evtl", "inkl", "sra",  "mme", "mlle", "av", "тыс", "млн",    "руб", "ул"});

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

// RETURNS: the bytes of the one that stands at the front; 0: none does.
std::size_t find_at_front(std::string_view text, const auto& list) {
  const auto found = std::ranges::find_if(list, [&](std::string_view one) { return text.starts_with(one); });
  return found == list.end() ? 0 : found->size();
}

std::size_t skip_all(std::string_view text, std::size_t from, const auto&... lists) {
  for (;;) {
    const std::size_t size = std::max({std::size_t{0}, find_at_front(text.substr(from), lists)...});
    if (size == 0) return from;
    from += size;
  }
}

// What belongs to the sentence before it came too late for that: nobody wants to hear it alone.
std::string trimmed(std::string_view text) {
  constexpr auto kPlainMarks = std::to_array<std::string_view>({"!", "?", " ", "\t", "\n", "\r"});
  constexpr auto kLateClosers = std::to_array<std::string_view>({"”", "」", "』", "）", "】", "》", ")"});
  text.remove_prefix(skip_all(text, 0, kMarks, kLateClosers, kPlainMarks));
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// ASCII, and the small letters of the Latin-1, Greek and Cyrillic alphabets in UTF-8.
bool begins_small(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x80) return lead >= 'a' && lead <= 'z';
  if (text.size() < 2) return false;
  const auto next = static_cast<std::uint8_t>(text[1]);
  return (lead == 0xc3 && next >= 0x9f) || (lead == 0xce && next >= 0xac) || lead == 0xcf ||
         (lead == 0xd0 && next >= 0xb0) || lead == 0xd1;
}

bool has_capitals(Script script) {
  return script == Script::kLatin || script == Script::kGreek || script == Script::kCyrillic;
}

// J.K, U.S: capital letters, with full stops between them.
bool is_initials(std::string_view word) {
  bool letter = false;
  for (std::size_t i = 0; i < word.size();) {
    const Character one = character_at(word, i);
    const bool capital = has_capitals(script_of(one.code)) && !begins_small(word.substr(i));
    if (letter ? one.code != '.' : !capital) return false;
    letter = !letter;
    i += one.bytes;
  }
  return letter;
}

// A mark of ASCII within Chinese or Japanese, where no blank follows: 好的!今天
bool ends_between_ideographs(std::string_view text, std::size_t mark) {
  return mark > 0 && mark + 1 < text.size() && is_written_without_blanks(character_before(text, mark).code) &&
         is_written_without_blanks(character_at(text, mark + 1).code);
}

// Is the full stop behind `text` part of its last word?
bool ends_in_abbreviation(std::string_view text) {
  const std::size_t blank = text.find_last_of(" \t\r\n(\"'");
  std::string word(blank == std::string_view::npos ? text : text.substr(blank + 1));
  if (!word.empty() && std::ranges::all_of(word, is_digit)) return word.size() <= 2;
  const bool one_letter = word.size() == 1 || (word.size() == 2 && is_continuation(word[1]));
  if (one_letter || is_initials(word)) return true;
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(kAbbreviations, word) != kAbbreviations.end();
}

// RETURNS: how many bytes the first sentence has, or nullopt if that is not known yet.
std::optional<std::size_t> first_sentence(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') return i + 1;
    if (const std::size_t mark = find_at_front(text.substr(i), kMarks); mark > 0)
      return skip_all(text, i + mark, kMarks, kClosers);
    if (text[i] != '.' && text[i] != '!' && text[i] != '?' && text[i] != ';') continue;
    if (ends_between_ideographs(text, i)) return i + 1;
    if (text[i] == ';') continue;
    const std::size_t end = skip_all(text, i + 1, kClosers);
    if (end >= text.size()) return std::nullopt;
    if (!is_blank(text[end])) continue;
    const std::size_t next = text.find_first_not_of(" \t\r", end);
    if (next == std::string_view::npos) return std::nullopt;
    const bool goes_on =
        text[i] == '.' && (begins_small(text.substr(next)) || ends_in_abbreviation(text.substr(0, i)));
    if (!goes_on) return end;
  }
  return std::nullopt;
}

// Where to cut a text that has no end: behind the last comma of its second half, else behind the last blank,
// else between two characters.
std::size_t forced_cut(std::string_view text) {
  for (std::size_t i = SentenceSplitter::kMaxSentenceBytes - 3; i > SentenceSplitter::kMaxSentenceBytes / 2;
       --i) {
    if (const std::size_t comma = find_at_front(text.substr(i), kWideCommas); comma > 0) return i + comma;
    if ((text[i] == ',' || text[i] == ';' || text[i] == ':') && is_blank(text[i + 1])) return i + 1;
  }
  const std::size_t blank = text.substr(0, SentenceSplitter::kMaxSentenceBytes).find_last_of(" \t\r\n");
  if (blank != std::string_view::npos && blank > 0) return blank;
  std::size_t cut = SentenceSplitter::kMaxSentenceBytes;
  while (cut > 1 && is_continuation(text[cut])) --cut;
  return cut;
}

}  // namespace

std::vector<std::string> SentenceSplitter::add(std::string_view delta) {
  rest_ += delta;
  return take(false);
}

std::vector<std::string> SentenceSplitter::flush() {
  return take(true);
}

std::vector<std::string> SentenceSplitter::take(bool at_end) {
  std::vector<std::string> sentences;
  std::string_view text = rest_;
  while (!text.empty()) {
    std::optional<std::size_t> size = first_sentence(text.substr(0, kMaxSentenceBytes));
    if (!size && first_ && !at_end) size = first_clause_bytes(text.substr(0, kMaxSentenceBytes));
    if (!size && text.size() > kMaxSentenceBytes) size = forced_cut(text);
    if (!size && at_end) size = text.size();
    if (!size) break;
    if (std::string sentence = trimmed(text.substr(0, *size)); !sentence.empty()) {
      sentences.push_back(std::move(sentence));
      first_ = false;
    }
    text.remove_prefix(*size);
  }
  rest_ = std::string(text);
  return sentences;
}

}  // namespace earshot::worker
