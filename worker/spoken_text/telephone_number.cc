#include "worker/spoken_text/telephone_number.h"

#include <array>

#include "worker/spoken_text/figure.h"
#include "worker/spoken_text/number_words.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kLeastDigits = 7;
constexpr std::size_t kMostDigits = 15;
constexpr std::array<std::string_view, kTongues> kPlus{"plus", "加",   "プラス", "plus",
                                                       "más",  "plus", "플러스"};

bool is_numeral(char c) {
  return c >= '0' && c <= '9';
}

struct Shape {
  std::vector<std::size_t> sizes;
  bool dashes_only = true;  // between the groups
};

// The groups that people write: 555-1234, 555-123-4567, 138-0013-8000, 1-800-555-0199, 020-8123-4567
bool is_usual(const Shape& shape) {
  const auto& sizes = shape.sizes;
  if (!shape.dashes_only) return false;
  if (sizes.size() == 2) return sizes[0] == 3 && sizes[1] == 4;
  if (sizes.size() == 3)
    return (sizes[0] == 3 || sizes[0] == 2) && (sizes[1] == 3 || sizes[1] == 4) && sizes[2] == 4;
  return sizes.size() == 4 && sizes[0] == 1 && sizes[1] == 3 && sizes[2] == 3 && sizes[3] == 4;
}

}  // namespace

std::optional<TelephoneNumber> read_telephone_number(std::string_view text, Tongue tongue) {
  TelephoneNumber number;
  Shape shape;
  std::size_t at = 0;
  std::size_t digits = 0;
  bool area = false;   // in brackets
  bool blank = false;  // in front of the group
  if (text.starts_with('+')) {
    number.international = true;
    at = 1;
  }
  while (at < text.size() && number.groups.size() < 8) {
    const bool bracket = text[at] == '(';
    if (bracket && area) break;
    std::size_t end = at + (bracket ? 1 : 0);
    const std::size_t first = end;
    while (end < text.size() && is_numeral(text[end])) ++end;
    if (end == first || (bracket && (end >= text.size() || text[end] != ')'))) break;
    number.groups.emplace_back(text.substr(first, end - first));
    shape.sizes.push_back(end - first);
    shape.dashes_only = shape.dashes_only && !blank;
    digits += end - first;
    area = area || bracket;
    number.bytes = end + (bracket ? 1 : 0);
    at = number.bytes;
    if (at >= text.size()) break;
    const bool mark = text[at] == '-' || text[at] == ' ' || (text[at] == '.' && shape.sizes[0] == 3);
    if (!mark && !bracket && text[at] != '(') break;
    blank = text[at] == ' ';
    if (mark) ++at;
  }
  if (digits < kLeastDigits || digits > kMostDigits || number.groups.empty()) return std::nullopt;
  if (number.bytes < text.size() && (is_numeral(text[number.bytes]) || text[number.bytes] == ':'))
    return std::nullopt;
  const bool one_group = number.groups.size() == 1;
  const std::string& front = number.groups.front();
  const bool zero = front[0] == '0' && (one_group ? digits >= 9 : digits >= 8) && front.size() >= 2;
  const bool mobile = tongue == Tongue::kChinese && one_group && digits == 11 && front[0] == '1';
  const bool certain = (number.international && digits >= 8) || (area && text[0] == '(') || zero || mobile ||
                       (!one_group && is_usual(shape));
  if (!certain) return std::nullopt;
  if (mobile) number.groups = {front.substr(0, 3), front.substr(3, 4), front.substr(7)};
  return number;
}

std::string telephone_words(const TelephoneNumber& number, Tongue tongue) {
  std::string out;
  if (number.international) out = kPlus[index_of(tongue)];
  for (std::size_t i = 0; i < number.groups.size(); ++i) {
    if (i > 0) out += tongue == Tongue::kChinese ? "，" : tongue == Tongue::kJapanese ? "、" : ",";
    const std::string& group = number.groups[i];
    const bool pairs = tongue == Tongue::kFrench && group.size() == 2 && group[0] != '0';
    std::string words = pairs ? number_words(std::stoi(group), tongue) : digit_words(group, tongue);
    if (tongue == Tongue::kChinese) {
      // 一 is heard as 七 on the telephone.
      for (std::size_t one = words.find("一"); one != std::string::npos; one = words.find("一", one))
        words.replace(one, 3, "幺");
    }
    append_words(out, words, tongue);
  }
  return out;
}

}  // namespace earshot::worker
