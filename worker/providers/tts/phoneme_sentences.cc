#include "worker/providers/tts/phoneme_sentences.h"

#include <algorithm>
#include <array>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::string_view kMarks = ",;:.!?";
constexpr std::string_view kSentenceEnds = ".!?";
constexpr std::array<std::pair<std::string_view, char>, 9> kWideMarks{{{"，", ','},
                                                                       {"、", ','},
                                                                       {"；", ';'},
                                                                       {"：", ':'},
                                                                       {"。", '.'},
                                                                       {"！", '!'},
                                                                       {"？", '?'},
                                                                       {"…", '.'},
                                                                       {"—", ','}}};
constexpr std::int32_t kCedilla = 0x0327;
constexpr std::int32_t kTilde = 0x0303;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool among(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

bool closes(char c) {
  return c == '"' || c == '\'' || c == ')' || c == ']';
}

// The mark at the front of `rest` and its bytes; none: 0.
std::pair<char, std::size_t> mark_at(std::string_view rest) {
  for (const auto& [wide, mark] : kWideMarks) {
    if (rest.starts_with(wide)) return {mark, wide.size()};
  }
  if (!among(rest.front(), kMarks)) return {0, 0};
  // It ends a clause only before a blank or the end; closing quotes and brackets may stand between, and more marks.
  std::size_t end = 1;
  while (end < rest.size() && (closes(rest[end]) || among(rest[end], kMarks))) ++end;
  return end == rest.size() || is_blank(rest[end]) ? std::pair{rest.front(), end}
                                                   : std::pair{'\0', std::size_t{0}};
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// RETURNS: the code point at the front and its bytes; malformed bytes are skipped one by one, as 0.
std::pair<std::int32_t, std::size_t> code_point_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size == 0 || size > text.size()) return {0, 1};
  if (size == 1) return {first, 1};
  std::int32_t point = first & (0xFF >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 1};
    point = point << 6 | (byte(i) & 0x3F);
  }
  return {point, size};
}

// The letter and what is put on it; 0: nothing.
std::pair<std::int32_t, std::int32_t> apart(std::int32_t point) {
  switch (point) {
    case U'ç':
      return {'c', kCedilla};
    case U'ã':
      return {'a', kTilde};
    case U'õ':
      return {'o', kTilde};
    case U'ẽ':
      return {'e', kTilde};
    case U'ĩ':
      return {'i', kTilde};
    case U'ũ':
      return {'u', kTilde};
    default:
      return {point, 0};
  }
}

}  // namespace

std::vector<SpokenClause> clauses_of(std::string_view text) {
  std::vector<SpokenClause> clauses;
  std::size_t begin = 0;
  const auto take = [&](std::size_t end, char mark) {
    std::string words = trimmed(text.substr(begin, end - begin));
    if (!words.empty()) clauses.push_back({.text = std::move(words), .mark = mark});
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto [mark, bytes] = mark_at(text.substr(at));
    if (mark == 0) {
      ++at;
      continue;
    }
    take(at, mark);
    at += bytes;
    begin = at;
  }
  take(text.size(), 0);
  return clauses;
}

void PhonemeSentences::add(std::string_view ipa, char mark) {
  bool first = true;
  while (!ipa.empty()) {
    if (ipa.front() == '(') {
      const std::size_t end = ipa.find(')');
      ipa.remove_prefix(end == std::string_view::npos ? ipa.size() : end + 1);
      continue;
    }
    const auto [point, bytes] = code_point_at(ipa);
    ipa.remove_prefix(bytes);
    if (point == 0 || point == '\n' || point == '\r') continue;
    if (point == ' ' && current_.size() >= kMaxSymbols) {
      end_sentence();
      continue;
    }
    if (std::exchange(first, false) && !current_.empty()) current_.push_back(' ');
    const auto [letter, sign] = apart(point);
    current_.push_back(letter);
    if (sign != 0) current_.push_back(sign);
  }
  if (mark == 0 || current_.empty()) return;
  current_.push_back(mark);
  if (among(mark, kSentenceEnds)) end_sentence();
}

std::vector<std::vector<std::int32_t>> PhonemeSentences::take() {
  end_sentence();
  return std::exchange(sentences_, {});
}

void PhonemeSentences::end_sentence() {
  if (!current_.empty()) sentences_.push_back(std::exchange(current_, {}));
}

}  // namespace earshot::worker
