#include "worker/providers/fallback/continuation.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace earshot::worker {

namespace {

// Less is no repetition but a word that is used twice: two or three Chinese characters, an English word.
constexpr std::size_t kLeastRepetition = 8;
// A repetition begins at the beginning of the reply or in its last part; bounds the search.
constexpr std::size_t kSearchedBytes = 512;
constexpr std::string_view kWish =
    "[Your answer above was cut off. Go on with exactly the words that come next. Repeat nothing, do not "
    "mention the interruption.]";

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}
bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
std::string_view trimmed_front(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace

LlmRequest continued(const LlmRequest& request, const std::string& partial_reply) {
  LlmRequest next = request;
  next.dialogue.push_back({.role = Message::Role::kAssistant,
                           .text = partial_reply,
                           .tool_calls = {},
                           .tool_call_id = {},
                           .is_error = false});
  next.dialogue.push_back({.role = Message::Role::kUser,
                           .text = std::string(kWish),
                           .tool_calls = {},
                           .tool_call_id = {},
                           .is_error = false});
  return next;
}

RepetitionFilter::RepetitionFilter(std::string said) : said_(std::move(said)) {
  while (!said_.empty() && is_space(said_.back())) {
    said_.pop_back();
    spaced_ = true;
  }
}

std::string RepetitionFilter::add(std::string_view delta) {
  if (decided_) return std::string(delta);
  held_ += delta;
  return decide(false);
}

std::string RepetitionFilter::finish() {
  return decided_ ? std::string() : decide(true);
}

// The new text begins behind the longest end of `said_` that it begins with.
std::string RepetitionFilter::decide(bool at_end) {
  const std::string_view text = trimmed_front(held_);
  const std::string_view said = said_;
  const std::size_t window = said.size() > kSearchedBytes ? said.size() - kSearchedBytes : 0;
  const auto repeats_from = [&](std::size_t from) {
    const std::string_view end = said.substr(from);
    return end.size() >= kLeastRepetition && text.starts_with(end);
  };
  const auto may_repeat_from = [&](std::size_t from) {
    const std::string_view end = said.substr(from);
    return end.size() >= kLeastRepetition && end.starts_with(text);
  };
  std::optional<std::size_t> repeated;
  bool open = false;
  for (std::size_t from = 0; from < said.size(); from = std::max(from + 1, window)) {
    if (!begins_character(said[from])) continue;
    if (repeats_from(from)) {
      repeated = from;
      break;
    }
    // A longer repetition may still come; a shorter one is decided then, too.
    if (may_repeat_from(from)) {
      open = true;
      break;
    }
  }
  if (open && !at_end) return {};
  decided_ = true;
  if (open && text.size() >= kLeastRepetition) return {};  // nothing but a repetition
  if (!repeated) return spaced(std::exchange(held_, {}));
  return std::string(text.substr(said.size() - *repeated));
}

// The space between two words is often lost at the seam.
std::string RepetitionFilter::spaced(std::string text) const {
  const bool seam =
      !spaced_ && !said_.empty() && !text.empty() && is_word_byte(text.front()) &&
      (is_word_byte(said_.back()) || std::string_view(",.;:!?").find(said_.back()) != std::string_view::npos);
  return seam ? " " + text : text;
}

}  // namespace earshot::worker
