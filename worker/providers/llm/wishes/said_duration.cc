#include "worker/providers/llm/wishes/said_duration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "worker/providers/llm/replies.h"
#include "worker/providers/llm/wishes/said_number.h"

namespace earshot::worker {

namespace {

using DurationWords = std::span<const std::string>;

struct TimeUnitName {
  std::array<std::string_view, 2> words;  // Chinese characters are words each
  std::int64_t seconds;
};
constexpr auto kTimeUnits = std::to_array<TimeUnitName>({
    {{"seconds", ""}, 1},    {{"second", ""}, 1},    {{"secs", ""}, 1},      {{"sec", ""}, 1},
    {{"s", ""}, 1},          {{"minutes", ""}, 60},  {{"minute", ""}, 60},   {{"mins", ""}, 60},
    {{"min", ""}, 60},       {{"hours", ""}, 3600},  {{"hour", ""}, 3600},   {{"hrs", ""}, 3600},
    {{"hr", ""}, 3600},      {{"h", ""}, 3600},      {{"days", ""}, 86400},  {{"day", ""}, 86400},
    {{"weeks", ""}, 604800}, {{"week", ""}, 604800}, {{"秒", "钟"}, 1},      {{"秒", ""}, 1},
    {{"分", "钟"}, 60},      {{"分", ""}, 60},       {{"小", "时"}, 3600},   {{"钟", "头"}, 3600},
    {{"刻", "钟"}, 900},     {{"天", ""}, 86400},    {{"星", "期"}, 604800}, {{"周", ""}, 604800},
});

// Reads parts one behind the other.
class DurationReader {
 public:
  explicit DurationReader(DurationWords words) : rest_(words) {}

  std::optional<std::int64_t> read() {
    double seconds = 0;
    if (rest_.empty()) return std::nullopt;
    while (!rest_.empty()) {
      const auto next = part();
      if (!next) return std::nullopt;
      seconds += *next;
      if (rest_.size() > 1 && rest_[0] == "and") drop(1);
    }
    if (!(seconds >= 1) || seconds > static_cast<double>(kMaxSaidSeconds)) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(seconds));
  }

 private:
  void drop(std::size_t words) { rest_ = rest_.subspan(words); }
  bool take(std::string_view word) {
    if (rest_.empty() || rest_[0] != word) return false;
    drop(1);
    return true;
  }
  bool take_phrase(std::initializer_list<std::string_view> phrase) {
    if (rest_.size() < phrase.size() ||
        !std::equal(phrase.begin(), phrase.end(), rest_.begin(),
                    [](std::string_view a, const std::string& b) { return a == b; }))
      return false;
    drop(phrase.size());
    return true;
  }
  std::optional<std::int64_t> unit() {
    for (const TimeUnitName& one : kTimeUnits) {
      if (rest_.empty() || rest_[0] != one.words[0]) continue;
      if (!one.words[1].empty() && (rest_.size() < 2 || rest_[1] != one.words[1])) continue;
      drop(one.words[1].empty() ? 1 : 2);
      return one.seconds;
    }
    return std::nullopt;
  }
  std::optional<double> part() {
    double amount = 0;
    bool half_behind = false;  // 一个半小时
    if (take_phrase({"half", "a"}) || take_phrase({"half", "an"}) || take("半")) {
      amount = 0.5;
    } else if (take_phrase({"a", "quarter", "of", "an"}) || take_phrase({"quarter", "of", "an"})) {
      amount = 0.25;
    } else if (take_phrase({"three", "quarters", "of", "an"})) {
      amount = 0.75;
    } else if (const auto number = read_said_number(rest_)) {
      amount = number->value;
      drop(number->words);
      if (take_phrase({"and", "a", "half"})) amount += 0.5;
    } else if (take("a") || take("an")) {
      amount = take_phrase({"couple", "of"}) ? 2 : 1;
    } else {
      return std::nullopt;
    }
    if (take("个")) half_behind = take("半");
    const auto seconds = unit();
    if (!seconds) return std::nullopt;
    if (half_behind || take_phrase({"and", "a", "half"}) || take("半")) amount += 0.5;
    return amount * static_cast<double>(*seconds);
  }

  DurationWords rest_;
};

struct DurationPart {
  std::int64_t seconds;
  std::string_view english;
  std::string_view chinese;
};
constexpr auto kDurationParts = std::to_array<DurationPart>(
    {{86400, "day", "天"}, {3600, "hour", "小时"}, {60, "minute", "分钟"}, {1, "second", "秒"}});

std::vector<std::string> parts_of(std::int64_t seconds, bool chinese, bool plural) {
  std::vector<std::string> parts;
  std::size_t looked_at = 0;  // since the largest part
  for (const DurationPart& part : kDurationParts) {
    const std::int64_t count = seconds / part.seconds;
    seconds %= part.seconds;
    if (looked_at > 0 || count > 0) ++looked_at;
    if (count == 0 || looked_at > 2) continue;
    std::string text = std::to_string(count);
    if (chinese) {
      text += part.chinese;
    } else {
      text += " " + std::string(part.english) + (plural && count != 1 ? "s" : "");
    }
    parts.push_back(std::move(text));
  }
  if (parts.empty()) parts.push_back(chinese ? "0秒" : "0 seconds");
  return parts;
}

}  // namespace

std::optional<std::int64_t> read_said_duration(DurationWords words) {
  return DurationReader(words).read();
}

std::string duration_text(std::int64_t seconds, std::string_view language) {
  const bool chinese = is_chinese_language(language);
  const auto parts = parts_of(seconds, chinese, true);
  std::string text = parts[0];
  if (parts.size() > 1) text += (chinese ? "" : " and ") + parts[1];
  return text;
}

std::string duration_as_adjective(std::int64_t seconds, std::string_view language) {
  const bool chinese = is_chinese_language(language);
  const auto parts = parts_of(seconds, chinese, false);
  std::string text = parts[0];
  if (parts.size() > 1) text += (chinese ? "" : " ") + parts[1];
  return text;
}

}  // namespace earshot::worker
