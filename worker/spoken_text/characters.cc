#include "worker/spoken_text/characters.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cstdint>

namespace earshot::worker {

namespace {

constexpr char32_t kBroken = 0xFFFD;

bool continues(char byte) {
  return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<std::uint8_t>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + size > text.size()) return {kBroken, 1};
  char32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text[at + i])) return {kBroken, 1};
    code = (code << 6) | (static_cast<std::uint8_t>(text[at + i]) & 0x3fU);
  }
  const bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (too_long || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {kBroken, 1};
  return {code, size};
}

Character character_before(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && continues(text[at])) --at;
  const Character one = character_at(text, at);
  return at + one.bytes == end ? one : Character{kBroken, 1};
}

void append_character(std::string& out, char32_t code) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(static_cast<std::uint8_t>(value)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | (code >> 6));
  } else if (code < 0x10000) {
    byte(0xe0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3f));
  } else {
    byte(0xf0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3f));
    byte(0x80 | ((code >> 6) & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
}

Script script_of(char32_t code) {
  if (!is_letter(code)) return Script::kNone;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(code), &error)) {
    case USCRIPT_LATIN:
      return Script::kLatin;
    case USCRIPT_HAN:
      return Script::kHan;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::kKana;
    case USCRIPT_HANGUL:
      return Script::kHangul;
    case USCRIPT_CYRILLIC:
      return Script::kCyrillic;
    case USCRIPT_GREEK:
      return Script::kGreek;
    case USCRIPT_THAI:
      return Script::kThai;
    case USCRIPT_ARABIC:
      return Script::kArabic;
    case USCRIPT_HEBREW:
      return Script::kHebrew;
    case USCRIPT_DEVANAGARI:
      return Script::kDevanagari;
    case USCRIPT_COMMON:  // U+30FC, the sign of a long Japanese vowel, among others
    case USCRIPT_INHERITED:
      return Script::kNone;
    default:
      return Script::kOther;
  }
}

char32_t folded(char32_t code) {
  return static_cast<char32_t>(u_foldCase(static_cast<UChar32>(code), U_FOLD_CASE_DEFAULT));
}

bool is_letter(char32_t code) {
  return u_isalpha(static_cast<UChar32>(code)) != 0;
}

bool is_word_character(char32_t code) {
  const auto one = static_cast<UChar32>(code);
  return u_isalnum(one) != 0 || (U_GET_GC_MASK(one) & U_GC_M_MASK) != 0;
}

bool has_word_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    if (u_isalnum(static_cast<UChar32>(one.code)) != 0) return true;
    i += one.bytes;
  }
  return false;
}

bool is_written_without_blanks(char32_t code) {
  const Script script = script_of(code);
  return script == Script::kHan || script == Script::kKana || code == 0x30FC;
}

}  // namespace earshot::worker
