#include "worker/providers/llm/wishes/calculation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "worker/providers/llm/wishes/said_number.h"

namespace earshot::worker {

namespace {

constexpr auto kPlus = std::to_array<std::string_view>({"+", "plus", "加上", "加"});
constexpr auto kMinus = std::to_array<std::string_view>({"-", "minus", "less", "减去", "减"});
constexpr auto kTimes = std::to_array<std::string_view>({"*", "x", "times", "multiplied by", "乘以", "乘"});
constexpr auto kOver = std::to_array<std::string_view>({"/", "over", "divided by", "除以"});

// Precedence climbing over words; each method leaves `at_` behind what it read, or `bad_` set.
class SumReader {
 public:
  explicit SumReader(std::span<const std::string> words) : words_(words) {}

  std::optional<Calculation> read() {
    Calculation result;
    result.value = imperative() ? ordered() : sum();
    if (bad_ || at_ != words_.size() || !worked_) return std::nullopt;
    result.trouble = trouble_;
    const bool large = !std::isfinite(result.value) || std::fabs(result.value) > kMaxSaidNumber;
    if (trouble_ == Calculation::Trouble::kNone && large) result.trouble = Calculation::Trouble::kTooLarge;
    if (result.trouble != Calculation::Trouble::kNone) result.value = 0;
    return result;
  }

 private:
  // `phrase`: words with blanks between them, or Chinese characters, which are words each.
  std::size_t length_of(std::string_view phrase) const {
    std::size_t at = at_;
    while (!phrase.empty()) {
      if (at >= words_.size() || !phrase.starts_with(words_[at])) return 0;
      phrase.remove_prefix(words_[at].size());
      const bool latin = !phrase.empty() && static_cast<unsigned char>(phrase.front()) < 0x80;
      if (latin && phrase.front() != ' ') return 0;  // the beginning of a longer word
      if (latin) phrase.remove_prefix(1);
      ++at;
    }
    return at - at_;
  }
  bool take(std::string_view phrase) {
    const std::size_t length = length_of(phrase);
    at_ += length;
    return length > 0;
  }
  template <class Phrases>
  bool take_any(const Phrases& phrases) {
    return std::ranges::any_of(phrases, [&](std::string_view phrase) { return take(phrase); });
  }
  bool any_of(std::initializer_list<std::string_view> phrases) { return take_any(phrases); }

  bool imperative() const {
    return !words_.empty() && (words_[0] == "add" || words_[0] == "subtract" || words_[0] == "multiply" ||
                               words_[0] == "divide");
  }
  // "add 5 and 7", "subtract 3 from 10", "multiply 6 by 7", "divide 20 by 4".
  double ordered() {
    const std::string& verb = words_[at_++];
    const double first = unary();
    if (bad_ || !any_of({"and", "to", "from", "by", "with"})) return fail();
    const double second = unary();
    worked_ = true;
    if (verb == "add") return first + second;
    if (verb == "subtract") return second - first;
    return verb == "multiply" ? first * second : quotient(first, second);
  }

  double sum() {
    double value = product();
    while (!bad_) {
      if (take_any(kPlus)) {
        value += summand(value);
      } else if (take_any(kMinus)) {
        value -= summand(value);
      } else {
        break;
      }
      worked_ = true;
    }
    return value;
  }
  // "80 plus 5 percent" is 84, as on a calculator: a share that stands alone is one of what is before it.
  double summand(double before) {
    const bool worked = std::exchange(worked_, false);
    const double read = product();
    const bool bare_share = percent_ && !worked_;
    worked_ = worked || worked_;
    return bare_share ? before * read : read;
  }
  double product() {
    double value = power();
    while (!bad_) {
      if (take_any(kTimes)) {
        value *= power();
      } else if (take_any(kOver)) {
        value = quotient(value, power());
      } else if (at_ + 1 < words_.size() && words_[at_] == "的" && (percent_ || begins_percent())) {
        ++at_;
        value *= power();
      } else {
        break;
      }
      worked_ = true;
    }
    return value;
  }
  bool begins_percent() {
    const std::size_t here = at_++;
    const bool chinese = length_of("百分之") > 0;
    const auto number = read_said_number(words_.subspan(at_));
    const bool written =
        number && at_ + number->words < words_.size() && words_[at_ + number->words] == "percent";
    at_ = here;
    return chinese || written;
  }
  double power() {
    const double value = unary();
    if (bad_) return value;
    if (any_of({"squared", "的平方"})) return worked(value * value);
    if (any_of({"cubed", "的立方"})) return worked(value * value * value);
    if (any_of({"to the power of", "^"})) return worked(std::pow(value, power()));
    return chinese_power(value);
  }
  // 二的三次方. 的 alone is no power.
  double chinese_power(double value) {
    const std::size_t here = at_;
    if (!take("的")) return value;
    const auto exponent = read_said_number(words_.subspan(at_));
    if (exponent) at_ += exponent->words;
    if (exponent && take("次方")) return worked(std::pow(value, exponent->value));
    at_ = here;
    return value;
  }
  double unary() {
    if (bad_ || ++depth_ > kMaxSaidDepth) return fail();
    percent_ = false;
    double value = 0;
    if (any_of({"-", "minus", "negative", "负"})) {
      value = -unary();
    } else if (any_of({"the square root of", "square root of", "the root of", "root"})) {
      value = worked(root(unary()));
    } else if (any_of({"half of"})) {
      value = worked(unary() / 2);
    } else if (any_of({"twice"})) {
      value = worked(unary() * 2);
    } else if (any_of({"百分之"})) {
      value = percent_of(number() / 100);
    } else if (take("(")) {
      value = sum();
      if (!take(")")) value = fail();
    } else {
      value = number();
      if (take("percent")) value = percent_of(value / 100);
    }
    --depth_;
    // Bound to the operand, before any power of it.
    if (!bad_ && take("的平方根")) value = worked(root(value));
    return value;
  }
  double percent_of(double share) {
    if (!bad_ && any_of({"of"})) return worked(share * unary());
    percent_ = true;
    return share;
  }
  double number() {
    const auto read = read_said_number(words_.subspan(std::min(at_, words_.size())));
    if (!read) return fail();
    at_ += read->words;
    return read->value;
  }
  double root(double value) {
    if (value >= 0) return std::sqrt(value);
    trouble_ = Calculation::Trouble::kNoRealRoot;
    return 0;
  }
  double quotient(double value, double by) {
    if (by != 0) return value / by;
    if (!bad_) trouble_ = Calculation::Trouble::kDivisionByZero;
    return 0;
  }
  double worked(double value) {
    worked_ = true;
    return value;
  }
  double fail() {
    bad_ = true;
    return 0;
  }

  static constexpr int kMaxSaidDepth = 64;
  std::span<const std::string> words_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool bad_ = false;
  bool worked_ = false;
  bool percent_ = false;  // the operand read last was a share: 百分之十五的八十
  Calculation::Trouble trouble_ = Calculation::Trouble::kNone;
};

}  // namespace

std::optional<Calculation> read_calculation(std::span<const std::string> words) {
  if (words.empty()) return std::nullopt;
  return SumReader(words).read();
}

}  // namespace earshot::worker
