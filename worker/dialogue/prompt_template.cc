#include "worker/dialogue/prompt_template.h"

#include <array>

namespace earshot::worker {

namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::string time_text(const char* format, const std::tm& time) {
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &time)};
}

// Days and dates are in English whatever the locale: it is a brain that reads them.
std::optional<std::string> value_of(std::string_view name, const PromptFacts& facts) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                            "Thursday", "Friday", "Saturday"};
  if (name == "date") return time_text("%Y-%m-%d", facts.local_time);
  if (name == "time") return time_text("%H:%M", facts.local_time);
  if (name == "weekday") return std::string(kDays[static_cast<std::size_t>(facts.local_time.tm_wday) % 7]);
  if (name == "language") return std::string(facts.language);
  if (name == "device") return std::string(facts.device);
  if (name == "agent") return std::string(facts.agent);
  if (name == "char") return std::string(facts.character.empty() ? facts.agent : facts.character);
  if (name == "user") return std::string(facts.user.empty() ? "the user" : facts.user);
  return std::nullopt;
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Calls visit(text before the placeholder, whole placeholder, its name), and once more for the rest,
// with no placeholder.
template <class Visit>
void for_each_placeholder(std::string_view prompt, Visit visit) {
  for (;;) {
    const std::size_t open = prompt.find(kOpen);
    const std::size_t close = open == std::string_view::npos ? open : prompt.find(kClose, open);
    if (close == std::string_view::npos) return visit(prompt, std::string_view{}, std::string_view{});
    const std::size_t end = close + kClose.size();
    visit(prompt.substr(0, open), prompt.substr(open, end - open),
          without_blanks(prompt.substr(open + kOpen.size(), close - open - kOpen.size())));
    prompt.remove_prefix(end);
  }
}

}  // namespace

std::string filled_prompt(std::string_view prompt, const PromptFacts& facts) {
  std::string filled;
  for_each_placeholder(prompt, [&](std::string_view before, std::string_view whole, std::string_view name) {
    filled += before;
    filled += value_of(name, facts).value_or(std::string(whole));
  });
  return filled;
}

std::optional<std::string> unknown_placeholder(std::string_view prompt) {
  std::optional<std::string> unknown;
  for_each_placeholder(prompt, [&](std::string_view, std::string_view whole, std::string_view name) {
    if (!unknown && !whole.empty() && !value_of(name, {})) unknown = std::string(whole);
  });
  return unknown;
}

}  // namespace earshot::worker
