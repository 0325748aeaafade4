#include "gateway/control/lore/lore_cutter.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

namespace {

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string_view without_ends(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Behind the last sentence that ends within `text`, else behind its last blank, else all of it.
std::size_t good_end(std::string_view text) {
  std::size_t best = 0;
  for (const std::string_view mark : {". ", "! ", "? ", "; ", "。", "！", "？", "；"}) {
    const std::size_t at = text.rfind(mark);
    if (at != std::string_view::npos) best = std::max(best, at + mark.size());
  }
  if (best * 4 >= text.size()) return best;  // not so early that little is left of the passage
  const std::size_t blank = text.rfind(' ');
  return blank == std::string_view::npos || blank == 0 ? text.size() : blank + 1;
}

}  // namespace

std::vector<store::LorePassage> LoreCutter::next(std::size_t most) {
  while (cut_.size() < most && at_ < text_.size()) {
    if (line_end_ == 0) line_end_ = std::min(text_.find('\n', at_), text_.size());
    // A piece of a line at a time, since a line may be the whole text.
    const std::string_view rest = std::string_view(text_).substr(at_, line_end_ - at_);
    std::size_t taken = std::min(rest.size(), kMostBytes);
    while (taken < rest.size() && taken > 0 && !begins_character(rest[taken])) --taken;
    if (taken < rest.size()) taken = std::max<std::size_t>(1, good_end(rest.substr(0, taken)));
    take_line(rest.substr(0, taken));
    at_ += taken;
    if (at_ < line_end_) continue;
    ++at_;
    line_end_ = 0;
  }
  if (at_ >= text_.size()) end_passage();
  std::vector<store::LorePassage> out = std::exchange(cut_, {});
  if (out.size() > most) {
    cut_.assign(std::make_move_iterator(out.begin() + static_cast<std::ptrdiff_t>(most)),
                std::make_move_iterator(out.end()));
    out.resize(most);
  }
  return out;
}

void LoreCutter::take_line(std::string_view line) {
  const std::string_view words = without_ends(line);
  if (words.empty()) {
    if (characters_ >= kLeastCharacters) end_passage();
    new_paragraph_ = true;
    return;
  }
  if (kind_ == Kind::kMarkdown && (words.starts_with("```") || words.starts_with("~~~"))) {
    in_code_ = !in_code_;
    return;
  }
  if (kind_ == Kind::kMarkdown && !in_code_ && take_heading(words)) return;
  add(words);
}

bool LoreCutter::take_heading(std::string_view line) {
  const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  if (level == 0 || level > headings_.size() || (level < line.size() && line[level] != ' ')) return false;
  end_passage();
  std::string_view title = without_ends(line.substr(level));
  while (title.ends_with('#')) title.remove_suffix(1);
  headings_[level - 1] = without_ends(title);
  for (std::size_t below = level; below < headings_.size(); ++below) headings_[below].clear();
  return true;
}

// How much of the piece goes into the passage.
std::size_t LoreCutter::room_for(std::string_view piece) const {
  std::size_t characters = characters_;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (!begins_character(piece[i])) continue;
    std::size_t end = i + 1;
    while (end < piece.size() && !begins_character(piece[end])) ++end;
    if (++characters > kMostCharacters || passage_.size() + end + 1 > kMostBytes) return i;
  }
  return piece.size();
}

void LoreCutter::add(std::string_view piece) {
  while (!piece.empty()) {
    std::size_t taken = room_for(piece);
    if (taken < piece.size()) {
      if (characters_ >= kLeastCharacters || taken == 0) {
        if (passage_.empty()) return;  // bytes that are no character
        end_passage();
        continue;
      }
      taken = good_end(piece.substr(0, taken));
    }
    if (!passage_.empty()) {
      passage_ += std::exchange(new_paragraph_, false) ? '\n' : ' ';
      ++characters_;
    }
    new_paragraph_ = false;
    const std::string_view words = without_ends(piece.substr(0, taken));
    passage_ += words;
    characters_ += characters_of(words);
    piece = without_ends(piece.substr(taken));
    if (!piece.empty()) end_passage();
  }
}

void LoreCutter::end_passage() {
  if (passage_.empty()) return;
  std::string heading;
  for (const std::string& one : headings_) {
    if (one.empty() || heading.size() + one.size() + 3 > kMostHeadingBytes) continue;
    heading += (heading.empty() ? "" : " / ") + one;
  }
  if (!heading.empty()) heading += ": ";
  cut_.push_back({.text = heading + std::exchange(passage_, {})});
  characters_ = 0;
}

}  // namespace earshot::gateway
