// Whole numbers in words, by the rules that ICU has from CLDR. Any thread: each has its own set of rules, made
// when a language is first needed (about 0.5 ms).
#pragma once

#include <cstdint>
#include <string>

#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

enum class NumberForm : std::uint8_t {
  kAlone,      // fünf, eins; 二
  kMasculine,  // in front of what is counted: ein, un; 两 in Chinese
  kFeminine,   // eine, une, una
  kYear,       // nineteen ninety-nine
  kOrdinal,    // twenty-first, premier, 第二十一, 첫 번째
  kOrdinalFeminine,
  kOrdinalDative,     // German: am zwanzigsten Mai
  kOrdinalMasculine,  // German: zwanzigster Mai
  kNative,            // Korean hours: 세 (시)
};

constexpr std::int64_t kMaxSpelledNumber = 999'999'999'999;

// Digits where `value` is not within +-kMaxSpelledNumber.
std::string number_words(std::int64_t value, Tongue tongue, NumberForm form = NumberForm::kAlone);

}  // namespace earshot::worker
