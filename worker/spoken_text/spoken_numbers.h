// Numbers and the signs around them as people say them: "$5.99" is five dollars and ninety-nine cents,
// "2025-01-02" a day, "10-20 km/h" a range, "(555) 123-4567" digits. Any thread (number_words.h). Bounded by its
// input: at most about 40 bytes for each byte.
//
// What every voice reads right by itself is left to it: a whole number of up to four digits without a sign beside
// it. A voice knows better than we how it is inflected by the noun behind it ("2个", "3本", "1 Frau"), and whether
// 1984 is a year. What can be read in two ways ("3/4/2025" in Chinese, "3/4/25", "5-3") is left alone too.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "worker/spoken_text/figure.h"
#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

class SpokenNumbers {
 public:
  // `language` (BCP 47) of `tongue`: its region tells 3/4 from 4/3.
  SpokenNumbers(Tongue tongue, std::string_view language);

  std::string rewrite(std::string_view text);

 private:
  // Each looks at the front of `rest`, appends what it says, and RETURNS the bytes it read; 0: not mine.
  std::size_t number(std::string_view rest);
  std::size_t date(std::string_view rest);
  std::size_t time(std::string_view rest);
  std::size_t telephone(std::string_view rest);
  std::size_t version(std::string_view rest);
  std::size_t money(std::string_view rest);
  std::size_t fraction(std::string_view rest);
  std::size_t german_day(std::string_view rest);
  std::size_t ordinal(std::string_view rest);
  std::size_t measure(std::string_view rest);
  std::size_t plain(std::string_view rest);
  std::size_t verbatim(std::string_view rest);
  void say(std::string_view words);

  Tongue tongue_;
  bool month_first_ = false;
  std::string out_;
};

}  // namespace earshot::worker
