// Telephone numbers as they are written, and as they are said: digit by digit, in their groups. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

struct TelephoneNumber {
  bool international = false;       // began with '+'
  std::vector<std::string> groups;  // of digits, 7 to 15 in all (ITU-T E.164)
  std::size_t bytes = 0;
};

// What is one beyond doubt: "+49 30 123456", "(555) 123-4567", "555-1234", "1-800-555-0199", "030 1234567",
// a Chinese mobile number of 11 digits. Never a date or a range.
std::optional<TelephoneNumber> read_telephone_number(std::string_view text, Tongue tongue);
std::string telephone_words(const TelephoneNumber& number, Tongue tongue);

}  // namespace earshot::worker
