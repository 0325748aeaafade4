#include "worker/spoken_text/markdown_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxInfoBytes = 200;
constexpr std::size_t kMaxCodeBytes = 400;
constexpr int kMaxNestedMarks = 8;  // a quote of a list of quotes ...
constexpr auto kProse =
    std::to_array<std::string_view>({"", "text", "txt", "plain", "plaintext", "markdown", "md"});
constexpr auto kBullets = std::to_array<std::string_view>({"•", "‣", "◦", "▪", "●", "·"});

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool consists_of(std::string_view text, std::string_view marks) {
  return text.find_first_not_of(marks) == std::string_view::npos;
}

std::size_t count_of(std::string_view text, char mark) {
  return static_cast<std::size_t>(std::ranges::count(text, mark));
}

std::string words_of(std::string_view line) {
  std::string out;
  static_cast<void>(InlineMarkdown().read(line, true, out));
  return out;
}

// Mostly words, with no sign that only programs need.
bool looks_like_prose(std::string_view line) {
  if (line.find_first_of(";{}=<>\\$|_#") != std::string_view::npos) return false;
  const auto words = std::ranges::count_if(line, [](char c) {
    return c == ' ' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  return words * 10 >= static_cast<std::ptrdiff_t>(line.size()) * 8 &&
         line.find("()") == std::string_view::npos;
}

}  // namespace

std::string MarkdownText::add(std::string_view piece) {
  rest_ += piece;
  std::string out;
  take(false, out);
  spoke_ = spoke_ || has_word_characters(out);
  return out;
}

std::string MarkdownText::flush() {
  std::string out;
  take(true, out);
  spoke_ = spoke_ || has_word_characters(out);
  if (!std::exchange(spoke_, true)) {
    out += code_;
    spoke_ = !code_.empty();
  }
  const bool spoke = spoke_;
  *this = MarkdownText();
  spoke_ = spoke;
  return out;
}

void MarkdownText::take(bool at_end, std::string& out) {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    const bool ends = end != std::string::npos;
    const std::string_view line = std::string_view(rest_).substr(0, end);
    const bool whole = ends || at_end || line.size() > kMaxLineBytes;
    std::size_t read = 0;
    if (place_ == Place::kLineStart) {
      if (!begin_line(line, whole)) return;
      continue;
    }
    if (place_ == Place::kLine) {
      read = line_.read(line, ends || at_end, out);
    } else if (whole) {
      fenced_line(line);
      read = line.size();
    }
    out += std::exchange(ready_, {});
    rest_.erase(0, read);
    if (!ends || !rest_.starts_with('\n')) return;
    rest_.erase(0, 1);
    out += '\n';
    if (place_ == Place::kLine) place_ = Place::kLineStart;
    listed_ = false;
    marks_ = 0;
  }
}

// RETURNS: false: what follows decides. Else the marks at the front are taken from rest_, and unless place_ has
// become another one, there may be more of them.
bool MarkdownText::begin_line(std::string_view line, bool whole) {
  const std::size_t blanks = std::min(line.find_first_not_of(" \t\r"), line.size());
  const std::size_t size = line.size() - blanks;
  rest_.erase(0, blanks);
  line = std::string_view(rest_).substr(0, size);
  if (line.empty() && !whole) return false;
  if (line.empty() || marks_ >= kMaxNestedMarks) {
    begin_words(0);
    return true;
  }
  const auto bullet =
      std::ranges::find_if(kBullets, [&](std::string_view one) { return line.starts_with(one); });
  if (bullet != kBullets.end() && line.size() > bullet->size() && is_space(line[bullet->size()])) {
    ++marks_;
    rest_.erase(0, bullet->size());
    return true;  // and what stands behind it begins the line
  }
  if (bullet != kBullets.end() && line == *bullet && !whole) return false;
  if (std::string_view("#>-*+_=:|`~[").find(line[0]) != std::string_view::npos)
    return begin_marked_line(line, whole);
  begin_words(0);
  return true;
}

bool MarkdownText::begin_marked_line(std::string_view line, bool whole) {
  const char c = line[0];
  const std::size_t run = std::min(line.find_first_not_of(c), line.size());
  const bool more = run < line.size();
  if (!more && !whole) return false;  // what stands behind it decides
  if (c == '#') {
    const bool heading = run <= 6 && (!more || is_space(line[run]));
    begin_words(heading ? run : 0, heading);
    return true;
  }
  if (c == '>') {
    const bool compares = more && (line[run] == '=' || (line[run] >= '0' && line[run] <= '9'));
    if (compares) {
      begin_words(0);
      return true;
    }
    ++marks_;
    rest_.erase(0, run);
    return true;
  }
  if (c == '`' || c == '~') return begin_fence(line, whole, run);
  if (c == '[') {
    // - [ ] a task, - [x] one that is done
    if (listed_ && line.size() < 4 && !whole) return false;
    const bool task = listed_ && line.size() > 3 && line[2] == ']' && is_space(line[3]) &&
                      std::string_view(" xX").find(line[1]) != std::string_view::npos;
    begin_words(task ? 3 : 0);
    return true;
  }
  const bool rule = consists_of(line, std::string(" \t\r") + c) || consists_of(line, "-:| \t\r");
  if (rule) {
    if (!whole) return false;
    const bool long_enough =
        count_of(line, c == '|' || c == ':' ? '-' : c) >= 3 || (c == '|' && count_of(line, '-') > 0);
    if (long_enough) {
      drop_line(line);
      return true;
    }
  }
  if (c == '|') {
    if (!whole) return false;
    if (line.size() > 2 && stripped(line).ends_with('|')) {
      table_row(line);
      drop_line(line);
    } else {
      begin_words(0);
    }
    return true;
  }
  const bool bullet = (c == '-' || c == '*' || c == '+') && run == 1 && more && is_space(line[1]);
  if (!bullet) {
    begin_words(0);
    return true;
  }
  listed_ = true;
  ++marks_;
  rest_.erase(0, 1);
  return true;
}

bool MarkdownText::begin_fence(std::string_view line, bool whole, std::size_t run) {
  const bool fence = run >= 3 && line.find('`', run) == std::string_view::npos && line.size() < kMaxInfoBytes;
  if (!fence) {
    begin_words(0);
    return true;
  }
  if (!whole) return false;
  std::string info(stripped(line.substr(run)));
  std::ranges::transform(info, info.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  fence_ = line[0];
  fence_marks_ = run;
  prose_fence_ = std::ranges::find(kProse, info) != kProse.end();
  drop_line(line);
  place_ = Place::kFence;
  return true;
}

void MarkdownText::table_row(std::string_view line) {
  line = stripped(line);
  line.remove_prefix(1);
  std::string cell;
  const auto end_cell = [&] {
    const std::string words = words_of(stripped(cell));
    if (!words.empty()) ready_ += (ready_.empty() ? "" : ", ") + words;
    cell.clear();
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      end_cell();
    } else {
      cell += line[i];
    }
  }
  end_cell();
}

void MarkdownText::fenced_line(std::string_view line) {
  const std::string_view code = stripped(line);
  const bool ends = code.size() >= fence_marks_ && consists_of(code, std::string_view(&fence_, 1));
  if (ends) {
    place_ = Place::kLine;  // of which nothing is left
    line_.begin_line();
  } else if (prose_fence_ && looks_like_prose(code)) {
    ready_ += words_of(code);
  } else if (code_.size() + code.size() < kMaxCodeBytes) {
    code_ += std::string(code) + '\n';
  }
}

void MarkdownText::begin_words(std::size_t skipped, bool heading) {
  rest_.erase(0, skipped);
  place_ = Place::kLine;
  line_.begin_line(heading);
}

void MarkdownText::drop_line(std::string_view line) {
  begin_words(line.size());
}

}  // namespace earshot::worker
