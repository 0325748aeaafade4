#include "worker/spoken_text/number_words.h"

#include <unicode/rbnf.h>
#include <unicode/unistr.h>

#include <array>
#include <memory>
#include <string_view>

namespace earshot::worker {

namespace {

constexpr std::array<const char*, kTongues> kLocales{"en", "zh", "ja", "de", "es", "fr", "ko"};
constexpr std::array<const char*, kTongues> kAlone{
    "%spellout-cardinal",  "%spellout-cardinal",  "%spellout-cardinal",           "%spellout-numbering",
    "%spellout-numbering", "%spellout-numbering", "%spellout-cardinal-sinokorean"};

const char* rule_of(Tongue tongue, NumberForm form) {
  const bool gendered = tongue == Tongue::kGerman || tongue == Tongue::kSpanish || tongue == Tongue::kFrench;
  const bool romance = tongue == Tongue::kSpanish || tongue == Tongue::kFrench;
  switch (form) {
    case NumberForm::kMasculine:
      if (tongue == Tongue::kChinese) return "%spellout-cardinal-alternate2";
      if (gendered) return "%spellout-cardinal-masculine";
      break;
    case NumberForm::kFeminine:
      if (tongue == Tongue::kChinese) return "%spellout-cardinal-alternate2";
      if (gendered) return "%spellout-cardinal-feminine";
      break;
    case NumberForm::kYear:
      if (!is_east_asian(tongue)) return "%spellout-numbering-year";
      break;
    case NumberForm::kOrdinal:
      if (romance) return "%spellout-ordinal-masculine";
      if (tongue == Tongue::kKorean) return "%spellout-ordinal-native-count";
      return "%spellout-ordinal";
    case NumberForm::kOrdinalFeminine:
      return romance ? "%spellout-ordinal-feminine" : rule_of(tongue, NumberForm::kOrdinal);
    case NumberForm::kOrdinalDative:
      return tongue == Tongue::kGerman ? "%spellout-ordinal-n" : rule_of(tongue, NumberForm::kOrdinal);
    case NumberForm::kOrdinalMasculine:
      return tongue == Tongue::kGerman ? "%spellout-ordinal-r" : rule_of(tongue, NumberForm::kOrdinal);
    case NumberForm::kNative:
      if (tongue == Tongue::kKorean) return "%spellout-cardinal-native-attributive";
      break;
    case NumberForm::kAlone:
      break;
  }
  return kAlone[index_of(tongue)];
}

const icu::RuleBasedNumberFormat* rules_of(Tongue tongue) {
  thread_local std::array<std::unique_ptr<icu::RuleBasedNumberFormat>, kTongues> rules;
  auto& mine = rules[index_of(tongue)];
  if (!mine) {
    UErrorCode error = U_ZERO_ERROR;
    auto made = std::make_unique<icu::RuleBasedNumberFormat>(icu::URBNF_SPELLOUT,
                                                             icu::Locale(kLocales[index_of(tongue)]), error);
    if (U_SUCCESS(error)) mine = std::move(made);
  }
  return mine.get();
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

std::string number_words(std::int64_t value, Tongue tongue, NumberForm form) {
  const icu::RuleBasedNumberFormat* rules = rules_of(tongue);
  if (rules == nullptr || value > kMaxSpelledNumber || value < -kMaxSpelledNumber)
    return std::to_string(value);
  icu::UnicodeString words;
  icu::FieldPosition nowhere;
  UErrorCode error = U_ZERO_ERROR;
  rules->format(value, icu::UnicodeString(rule_of(tongue, form), -1, US_INV), words, nowhere, error);
  if (U_FAILURE(error)) return std::to_string(value);
  std::string out;
  words.toUTF8String(out);
  replace_all(out, "\u00AD", "");  // where a long word may be broken
  // Voices leave out the round zero, or do not know how to say it.
  replace_all(out, "〇", tongue == Tongue::kJapanese ? "ゼロ" : "零");
  return out;
}

}  // namespace earshot::worker
