#include "worker/providers/fallback/unspoken_rest.h"

#include <algorithm>
#include <cstdlib>

namespace earshot::worker {

namespace {

constexpr char32_t kNoCharacter = 0xFFFD;  // as Unicode replaces it
constexpr std::int64_t kLetterMs = 65;
constexpr std::int64_t kWideMs = 210;
constexpr std::int64_t kDigitMs = 220;
constexpr std::int64_t kClausePauseMs = 200;
constexpr std::int64_t kNearMs = 300;
constexpr std::int64_t kNearPercent = 15;

enum class Kind { kSpace, kLetter, kDigit, kWide, kMark, kSilent };

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// The first character of `text`, which is not empty. Bytes that are no UTF-8 count one by one.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes == 1) return {.code = lead, .bytes = 1};
  if (lead < 0xC0 || text.size() < bytes) return {.code = kNoCharacter, .bytes = 1};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {.code = code, .bytes = bytes};
}

Kind kind_of(char32_t c) {
  if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0x3000) return Kind::kSpace;
  if (c >= '0' && c <= '9') return Kind::kDigit;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return Kind::kLetter;
  if (c < 0x80)
    return std::u32string_view(U",.;:!?").find(c) != std::u32string_view::npos ? Kind::kMark : Kind::kSilent;
  if (std::u32string_view(U"\u3001\u3002\uFF0C\uFF0E\uFF01\uFF1F\uFF1B\uFF1A\u2026").find(c) !=
      std::u32string_view::npos)
    return Kind::kMark;
  if (c < 0xC0 || (c >= 0x2000 && c < 0x2E80)) return Kind::kSilent;  // punctuation, symbols
  if (c < 0x1100) return Kind::kLetter;                               // alphabets
  if ((c >= 0x3003 && c < 0x3040) || (c >= 0xFE00 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF66))
    return Kind::kSilent;  // wide punctuation
  if ((c >= 0x2E80 && c < 0xFE00) || (c >= 0xFF66 && c < 0xFFE0) || (c >= 0x20000 && c < 0x40000) ||
      (c >= 0x1100 && c < 0x1200))
    return Kind::kWide;
  return c >= 0xFFE0 ? Kind::kSilent : Kind::kLetter;  // emoji and what is no character; other scripts
}

std::int64_t duration_ms(Kind kind) {
  switch (kind) {
    case Kind::kSpace:
    case Kind::kLetter:
      return kLetterMs;
    case Kind::kDigit:
      return kDigitMs;
    case Kind::kWide:
      return kWideMs;
    case Kind::kMark:
      return kClausePauseMs;
    case Kind::kSilent:
      return 0;
  }
  return 0;
}

// Where the text may be cut, and the time up to there.
struct Cuts {
  static constexpr std::size_t kNone = std::string_view::npos;
  std::size_t clause = kNone;  // the nearest one to the point
  std::int64_t clause_distance_ms = 0;
  std::size_t word = kNone;  // the first one at or behind the point
};

Cuts find_cuts(std::string_view text, std::int64_t point_ms) {
  Cuts cuts;
  std::int64_t at_ms = 0;
  Kind before = Kind::kSpace;
  bool behind_mark = false;
  for (std::size_t i = 0; i < text.size();) {
    const Character character = first_character(text.substr(i));
    const Kind kind = kind_of(character.code);
    // "3.5" and "1,000" are not cut: a mark of ASCII ends a clause only in front of a space.
    const bool clause_begins = behind_mark && kind != Kind::kMark && kind != Kind::kSpace;
    const bool word_begins = kind == Kind::kWide || (before == Kind::kSpace && kind != Kind::kSpace) ||
                             (before == Kind::kWide && kind != Kind::kMark);
    if (clause_begins) {
      const std::int64_t distance = std::abs(at_ms - point_ms);
      if (cuts.clause == Cuts::kNone || distance < cuts.clause_distance_ms) {
        cuts.clause = i;
        cuts.clause_distance_ms = distance;
      }
    }
    if ((word_begins || clause_begins) && at_ms >= point_ms && cuts.word == Cuts::kNone) cuts.word = i;
    if (kind == Kind::kMark) {
      const bool is_wide = character.bytes > 1;
      const std::size_t next = i + character.bytes;
      behind_mark = is_wide || next >= text.size() || text[next] == ' ' || text[next] == '\n';
    } else if (kind != Kind::kSpace) {
      behind_mark = false;
    }
    at_ms += duration_ms(kind);
    before = kind;
    i += character.bytes;
  }
  // The end is a boundary, too.
  const std::int64_t distance = std::abs(at_ms - point_ms);
  if (cuts.clause == Cuts::kNone || distance < cuts.clause_distance_ms) {
    cuts.clause = text.size();
    cuts.clause_distance_ms = distance;
  }
  return cuts;
}

}  // namespace

std::string unspoken_rest(std::string_view sentence, Milliseconds voiced) {
  if (voiced <= Milliseconds{0}) return std::string(sentence);
  const std::int64_t point_ms = voiced.count();
  const Cuts cuts = find_cuts(sentence, point_ms);
  const bool near_clause = cuts.clause_distance_ms <= std::max(kNearMs, point_ms * kNearPercent / 100);
  const std::size_t cut = near_clause ? cuts.clause : cuts.word;
  if (cut == Cuts::kNone) return {};
  const std::string_view rest = sentence.substr(cut);
  return has_words(rest) ? std::string(rest) : std::string();
}

bool has_words(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Character character = first_character(text.substr(i));
    const Kind kind = kind_of(character.code);
    if (kind == Kind::kLetter || kind == Kind::kDigit || kind == Kind::kWide) return true;
    i += character.bytes;
  }
  return false;
}

}  // namespace earshot::worker
