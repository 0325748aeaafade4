#include "worker/providers/llm/think_filter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace earshot::worker {

namespace {

// A mark of a family ends what another one of it began. The elements are all of one: models mix them up.
enum Family : int {
  kElement,
  kBrackets,
  kTriangles,
  kOfThought,
  kCohere,
  kGemma,
  kMedGemma,
  kHarmony,
  kKimi,
  kApertus,
  kFrame
};
enum class Role { kOpens, kCloses, kFrames };

struct ThoughtMark {
  std::string_view text;
  Role role;
  Family family;
  bool only_thoughts = true;  // what stands in front of a lone end mark is a thought
};

constexpr auto kThoughtMarks = std::to_array<ThoughtMark>({
    {"[THINK]", Role::kOpens, kBrackets},
    {"[/THINK]", Role::kCloses, kBrackets},
    {"◁think▷", Role::kOpens, kTriangles},
    {"◁/think▷", Role::kCloses, kTriangles},
    {"<|begin_of_thought|>", Role::kOpens, kOfThought},
    {"<|end_of_thought|>", Role::kCloses, kOfThought},
    {"<|START_THINKING|>", Role::kOpens, kCohere},
    {"<|END_THINKING|>", Role::kCloses, kCohere},
    {"<|channel>", Role::kOpens, kGemma},
    {"<channel|>", Role::kCloses, kGemma},
    {"<unused94>", Role::kOpens, kMedGemma},
    {"<unused95>", Role::kCloses, kMedGemma},
    {"<|channel|>analysis<|message|>", Role::kOpens, kHarmony},
    {"<|end|>", Role::kCloses, kHarmony, false},
    {"<|channel|>final<|message|>", Role::kCloses, kHarmony, false},
    {"<|open|>think<|sep|>", Role::kOpens, kKimi},
    {"<|close|>think<|sep|>", Role::kCloses, kKimi},
    {"<|inner_prefix|>", Role::kOpens, kApertus},
    {"<|inner_suffix|>", Role::kCloses, kApertus},
    {"<|begin_of_solution|>", Role::kFrames, kFrame},
    {"<|end_of_solution|>", Role::kFrames, kFrame},
    {"<|START_RESPONSE|>", Role::kFrames, kFrame},
    {"<|END_RESPONSE|>", Role::kFrames, kFrame},
    {"<|start|>assistant", Role::kFrames, kFrame},
    {"<|return|>", Role::kFrames, kFrame},
});

constexpr auto kThoughtElements =
    std::to_array<std::string_view>({"think", "thinking", "thought", "thoughts", "reason", "reasoning",
                                     "reflection", "ant_thinking", "antml:thinking", "seed:think"});
constexpr std::string_view kAnswerElement = "answer";

constexpr int kOpeningElement = -1;
constexpr int kClosingElement = -2;
constexpr int kAnswerFrame = -3;

MarkMatch find_thought_mark(std::string_view rest) {
  MarkMatch best;
  for (std::size_t row = 0; row < kThoughtMarks.size(); ++row)
    best = better(best, match_mark(rest, kThoughtMarks[row].text, static_cast<int>(row)));
  for (const std::string_view name : kThoughtElements) {
    best = better(best, match_element(rest, name, false, kOpeningElement));
    best = better(best, match_element(rest, name, true, kClosingElement));
  }
  for (const bool closing : {false, true})
    best = better(best, match_element(rest, kAnswerElement, closing, kAnswerFrame));
  return best;
}

ThoughtMark mark_of(int number) {
  switch (number) {
    case kOpeningElement:
      return {.text = {}, .role = Role::kOpens, .family = kElement};
    case kClosingElement:
      return {.text = {}, .role = Role::kCloses, .family = kElement};
    case kAnswerFrame:
      return {.text = {}, .role = Role::kFrames, .family = kFrame};
    default:
      return kThoughtMarks[static_cast<std::size_t>(number)];
  }
}

constexpr std::string_view kThoughtSpace = " \t\r\n";

}  // namespace

ThinkFilter::ThinkFilter(bool may_begin_inside)
    : marks_("<[\xE2"), state_(may_begin_inside ? State::kHeldBack : State::kOutside) {}

std::string ThinkFilter::feed(std::string_view piece) {
  std::string out;
  read(piece, false, out);
  return out;
}

std::string ThinkFilter::finish() {
  std::string out;
  read({}, true, out);
  if (state_ == State::kHeldBack && has_words_) release(out);
  state_ = State::kOutside;
  return out;
}

void ThinkFilter::read(std::string_view piece, bool last, std::string& out) {
  marks_.feed(
      piece, last, find_thought_mark, [&](std::string_view text) { on_text(text, out); },
      [&](int number, std::string_view text) { on_mark(number, text, out); });
}

void ThinkFilter::on_text(std::string_view text, std::string& out) {
  before_ = text.back();
  if (state_ == State::kInside) return;
  has_words_ = has_words_ || text.find_first_not_of(kThoughtSpace) != std::string_view::npos;
  if (state_ == State::kOutside) {
    out += text;
  } else if (held_.size() + text.size() <= kMaxHeldBytes) {
    held_ += text;
  }
}

void ThinkFilter::on_mark(int number, std::string_view text, std::string& out) {
  const ThoughtMark mark = mark_of(number);
  // The model speaks of the mark: `<think>`.
  if (before_ == '`' && state_ != State::kInside) return on_text(text, out);
  before_ = 0;
  switch (mark.role) {
    case Role::kFrames:
      return;
    case Role::kOpens:
      if (state_ == State::kInside) return;
      if (state_ == State::kHeldBack && has_words_) release(out);
      state_ = State::kInside;
      family_ = mark.family;
      opened_ = true;
      return;
    case Role::kCloses:
      if (state_ == State::kInside ? mark.family != family_ : !mark.only_thoughts) return;
      if (has_words_ && !opened_) unopened_ = true;
      held_.clear();
      state_ = State::kOutside;
      return;
  }
}

// It was no thought.
void ThinkFilter::release(std::string& out) {
  out += std::exchange(held_, {});
  if (!unopened_) unopened_ = false;
}

}  // namespace earshot::worker
