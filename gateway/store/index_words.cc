#include "gateway/store/index_words.h"

#include <algorithm>
#include <array>
#include <vector>

namespace earshot::store {

namespace {

constexpr std::size_t kMaxWordBytes = 40;  // longer ones are no words

struct Character {
  char32_t code = 0;
  std::string_view bytes;
};

// Bytes that are no UTF-8 are taken one by one and separate words.
Character next_character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80         ? 1
                           : (lead >> 5) == 6  ? 2
                           : (lead >> 4) == 14 ? 3
                           : (lead >> 3) == 30 ? 4
                                               : 0;
  if (size == 0 || at + size > text.size()) return {0, text.substr(at, 1)};
  char32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {0, text.substr(at, 1)};
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  return {code, text.substr(at, size)};
}

// Han, kana, Hangul.
bool is_dense(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3134F);
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
         !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFE00);
}

std::string lower(std::string word) {
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return word;
}

// What questions and small talk are made of.
constexpr auto kCommonWords = std::to_array<std::string_view>(
    {"a",    "about", "all",  "am",   "an",    "and",  "any",  "are",   "as",   "at",     "be",
     "been", "but",   "by",   "can",  "could", "did",  "do",   "does",  "for",  "from",   "had",
     "has",  "have",  "he",   "her",  "him",   "his",  "how",  "i",     "if",   "in",     "is",
     "it",   "its",   "me",   "mine", "my",    "of",   "on",   "or",    "our",  "please", "remember",
     "said", "say",   "she",  "so",   "tell",  "that", "the",  "their", "them", "there",  "they",
     "this", "to",    "told", "us",   "was",   "we",   "were", "what",  "when", "where",  "which",
     "who",  "why",   "will", "with", "would", "you",  "your", "ve",    "ll",   "re",     "s",
     "t",    "的",    "了",   "吗",   "呢",    "吧",   "啊",   "我",    "你",   "他",     "她",
     "它",   "们",    "是",   "在",   "有",    "和",   "说",   "过",    "么",   "什",     "哪",
     "谁",   "怎",    "样",   "还",   "记",    "得",   "什么", "我们",  "记得", "没有",   "怎么",
     "哪里", "告诉",  "还记", "不",   "就",    "都"});

bool is_common(std::string_view word) {
  return std::ranges::find(kCommonWords, word) != kCommonWords.end();
}

std::string joined(std::int64_t owner, const std::vector<std::string>& words) {
  const std::string mark = std::to_string(owner) + 'x';
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + mark + word;
  return all;
}

}  // namespace

std::vector<std::string> text_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  std::string_view neighbour;
  const auto end_word = [&] {
    if (!word.empty() && word.size() <= kMaxWordBytes) words.push_back(lower(word));
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const Character one = next_character(text, at);
    at += one.bytes.size();
    if (is_dense(one.code)) {
      end_word();
      words.emplace_back(one.bytes);
      if (!neighbour.empty()) words.push_back(std::string(neighbour) + std::string(one.bytes));
      neighbour = one.bytes;
      continue;
    }
    neighbour = {};
    if (is_letter(one.code)) {
      word += one.bytes;
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

std::vector<std::string> asked_words(std::string_view text) {
  std::vector<std::string> words = text_words(text);
  std::erase_if(words, [](const std::string& word) { return is_common(word); });
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  // The longest say most.
  std::ranges::stable_sort(words, std::ranges::greater{}, &std::string::size);
  if (words.size() > kMaxQueryWords) words.resize(kMaxQueryWords);
  return words;
}

std::string index_words(std::int64_t owner, std::string_view text) {
  return joined(owner, text_words(text));
}

std::string question_words(std::int64_t owner, std::string_view text) {
  return joined(owner, asked_words(text));
}

std::vector<std::string> question_terms(std::int64_t owner, std::string_view text) {
  std::vector<std::string> terms = asked_words(text);
  for (std::string& term : terms) term = std::to_string(owner) + 'x' + term;
  return terms;
}

}  // namespace earshot::store
