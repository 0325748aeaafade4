#include "worker/providers/llm/marked_text.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::string_view kMarkSpace = " \t\r\n";

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

// Length of the beginning that two texts share.
std::size_t shared(std::string_view one, std::string_view other) {
  const auto differ = std::ranges::mismatch(one, other, {}, lower, lower);
  return static_cast<std::size_t>(differ.in1 - one.begin());
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  return std::min(text.size(), text.find_first_not_of(kMarkSpace, at));
}

}  // namespace

MarkMatch match_mark(std::string_view rest, std::string_view mark, int number) {
  const std::size_t same = shared(rest, mark);
  if (same == mark.size()) return {.length = same, .mark = number, .may_grow = false};
  return {.length = 0, .mark = number, .may_grow = same == rest.size()};
}

MarkMatch match_element(std::string_view rest, std::string_view name, bool closing, int number) {
  const MarkMatch none{.length = 0, .mark = number, .may_grow = false};
  const MarkMatch unfinished{
      .length = 0, .mark = number, .may_grow = rest.size() < MarkedText::kMaxMarkBytes};
  if (!rest.starts_with('<')) return none;
  std::size_t at = skip_space(rest, 1);
  if (at == rest.size()) return unfinished;
  if (closing) {
    if (rest[at] != '/') return none;
    at = skip_space(rest, at + 1);
  }
  const std::string_view rest_of_it = rest.substr(at);
  const std::size_t same = shared(rest_of_it, name);
  if (same < name.size()) return same == rest_of_it.size() ? unfinished : none;
  at += same;
  if (at == rest.size()) return unfinished;
  if (rest[at] != '>' && rest[at] != '/' && kMarkSpace.find(rest[at]) == std::string_view::npos) return none;
  const auto end = rest.find_first_of("<>", at);
  if (end == std::string_view::npos) return unfinished;
  if (rest[end] == '<' || end >= MarkedText::kMaxMarkBytes) return none;
  return {.length = end + 1, .mark = number, .may_grow = false};
}

MarkMatch better(const MarkMatch& one, const MarkMatch& other) {
  MarkMatch best = one.length >= other.length ? one : other;
  best.may_grow = one.may_grow || other.may_grow;
  return best;
}

void MarkedText::feed(std::string_view piece, bool last, const Find& find, const OnText& on_text,
                      const OnMark& on_mark) {
  const std::string all = std::exchange(held_, {}) + std::string(piece);
  std::string_view rest = all;
  while (!rest.empty()) {
    const std::size_t next = std::min(rest.size(), rest.find_first_of(intros_));
    if (next > 0) on_text(rest.substr(0, next));
    rest.remove_prefix(next);
    if (rest.empty()) return;
    const MarkMatch match = find(rest);
    if (match.may_grow && !last) {
      held_ = rest;
      return;
    }
    const std::size_t length = std::max<std::size_t>(match.length, 1);
    if (match.length > 0) {
      on_mark(match.mark, rest.substr(0, length));
    } else {
      on_text(rest.substr(0, length));
    }
    rest.remove_prefix(length);
  }
}

}  // namespace earshot::worker
