#include "worker/spoken_text/inline_markdown.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "worker/spoken_text/characters.h"
#include "worker/spoken_text/web_address.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxLabelBytes = 300;
constexpr std::size_t kMaxTargetBytes = 2048;
constexpr std::size_t kMaxTagBytes = 200;
constexpr std::size_t kMaxEntityBytes = 10;
constexpr int kMaxDepth = 2;
constexpr std::string_view kAsciiMarks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

constexpr auto kEntities = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},   {"nbsp", " "},
    {"mdash", "—"},  {"ndash", "–"},  {"hellip", "…"}, {"copy", "©"},   {"reg", "®"},    {"deg", "°"},
    {"euro", "€"},   {"pound", "£"},  {"yen", "¥"},    {"times", "×"},  {"divide", "÷"}, {"laquo", "«"},
    {"raquo", "»"},  {"ldquo", "“"},  {"rdquo", "”"},  {"lsquo", "‘"},  {"rsquo", "’"},  {"frac12", "½"},
    {"frac14", "¼"}, {"frac34", "¾"}, {"plusmn", "±"}, {"middot", "·"}, {"bull", "•"},
});
constexpr auto kHtml = std::to_array<std::string_view>({
    "a",    "abbr",    "b",      "big",  "blockquote", "body", "br",    "center", "code",    "dd",
    "del",  "details", "div",    "dl",   "dt",         "em",   "font",  "h1",     "h2",      "h3",
    "h4",   "h5",      "h6",     "head", "hr",         "html", "i",     "img",    "ins",     "kbd",
    "li",   "mark",    "ol",     "p",    "pre",        "q",    "s",     "samp",   "section", "small",
    "span", "strike",  "strong", "sub",  "summary",    "sup",  "table", "tbody",  "td",      "tfoot",
    "th",   "thead",   "tr",     "tt",   "u",          "ul",   "var",
});
// What ends a line where HTML is shown.
constexpr auto kBlocks = std::to_array<std::string_view>(
    {"blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "tr"});

bool is_blank_character(char32_t code) {
  return code == ' ' || code == '\t' || code == '\r' || code == 0xA0 || code == 0x3000;
}

bool is_ascii_word(char32_t code) {
  return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

bool is_ascii_digit(char32_t code) {
  return code >= '0' && code <= '9';
}

std::size_t run_of(std::string_view text, char mark) {
  const std::size_t end = text.find_first_not_of(mark);
  return end == std::string_view::npos ? text.size() : end;
}

// RETURNS: where the bracket that `text` begins with is closed; npos: not within `max` bytes.
std::size_t closing(std::string_view text, char open, char close, std::size_t max) {
  int depth = 0;
  for (std::size_t i = 0; i < std::min(text.size(), max); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == open) {
      ++depth;
    } else if (text[i] == close && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool contains(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::optional<char32_t> numeric_entity(std::string_view name) {
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return std::nullopt;
  return code;
}

}  // namespace

void InlineMarkdown::begin_line(bool heading) {
  *this = InlineMarkdown(depth_);
  heading_ = heading;
}

std::size_t InlineMarkdown::read(std::string_view text, bool at_end, std::string& out) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto bytes = step(text.substr(done), at_end, out);
    if (!bytes) break;
    before_ = character_before(text.substr(0, done + *bytes), done + *bytes).code;
    done += *bytes;
  }
  return done;
}

std::optional<std::size_t> InlineMarkdown::step(std::string_view text, bool at_end, std::string& out) {
  const char c = text[0];
  if (c == '`') return backticks(text, at_end, out);
  if (code_marks_ == 0) {
    if (c == '\\') return backslash(text, at_end, out);
    if (c == '*' || c == '_' || c == '~') return delimiter(text, at_end, out);
    if (c == '[' || c == '!') return bracket(text, at_end, out);
    if (c == '<') return tag(text, at_end, out);
    if (c == '&') return entity(text, at_end, out);
    if (c == '|') return pipe(text, at_end, out);
    if (c == '#' && heading_ && blank_) {
      const std::size_t run = run_of(text, '#');
      if (run == text.size()) return at_end ? std::optional(run) : std::nullopt;
    }
    const bool begins_word = !is_word_character(before_);
    if (begins_word && (c == 'h' || c == 'H' || c == 'w' || c == 'W')) return address(text, at_end, out);
  }
  return literal(text, character_at(text, 0).bytes, out);
}

std::optional<std::size_t> InlineMarkdown::literal(std::string_view text, std::size_t bytes,
                                                   std::string& out) {
  if (is_blank_character(character_at(text, 0).code)) {
    blank_ = true;
  } else {
    emit(text.substr(0, bytes), out);
  }
  return bytes;
}

void InlineMarkdown::emit(std::string_view words, std::string& out) {
  if (words.empty()) return;
  if (std::exchange(blank_, false) && begun_) out += ' ';
  begun_ = true;
  out += words;
}

std::optional<std::size_t> InlineMarkdown::backslash(std::string_view text, bool at_end, std::string& out) {
  if (text.size() == 1 && !at_end) return std::nullopt;
  const bool escapes = text.size() > 1 && kAsciiMarks.find(text[1]) != std::string_view::npos;
  if (!escapes) return literal(text, 1, out);
  emit(text.substr(1, 1), out);
  return 2;
}

// A code span ends with its line at the latest, and none begins within a word.
std::optional<std::size_t> InlineMarkdown::backticks(std::string_view text, bool at_end, std::string&) {
  const std::size_t run = run_of(text, '`');
  if (run == text.size() && !at_end) return std::nullopt;
  if (code_marks_ == run) {
    code_marks_ = 0;
  } else if (code_marks_ == 0 && !is_ascii_word(before_)) {
    code_marks_ = run;
  }
  return run;
}

std::optional<std::size_t> InlineMarkdown::delimiter(std::string_view text, bool at_end, std::string& out) {
  const std::size_t run = run_of(text, text[0]);
  if (run == text.size() && !at_end) return std::nullopt;
  const char32_t next = run < text.size() ? character_at(text, run).code : 0;
  if (!is_mark(text[0], run, next)) emit(text.substr(0, run), out);
  return run;
}

// By what stands on both sides (CommonMark 6.2, flanking runs), without looking for the other end.
bool InlineMarkdown::is_mark(char mark, std::size_t length, char32_t next) {
  const bool blank_before = before_ == 0 || is_blank_character(before_);
  const bool blank_behind = next == 0 || is_blank_character(next);
  if (blank_before && blank_behind) return mark == '*' && length == 2;
  if (mark == '~') return length == 2;
  if (mark == '_') {
    if (is_word_character(before_) && is_word_character(next)) return false;
    if (is_word_character(before_) || blank_behind) {
      if (open_scores_ == 0) return false;
      --open_scores_;
      return true;
    }
    ++open_scores_;
    return true;
  }
  if (is_ascii_digit(before_) && is_ascii_digit(next)) return false;
  if (length == 1 && open_stars_ == 0 && is_ascii_word(before_) && is_ascii_word(next)) return false;
  if (blank_behind || (open_stars_ > 0 && !blank_before)) {
    if (open_stars_ > 0) --open_stars_;
  } else {
    ++open_stars_;
  }
  return true;
}

// [text](target), [text][name], ![what it shows](target), [^note], [12] behind a word.
std::optional<std::size_t> InlineMarkdown::bracket(std::string_view text, bool at_end, std::string& out) {
  const std::size_t begin = text[0] == '!' ? 1 : 0;
  if (text.size() == begin) return at_end ? literal(text, 1, out) : std::nullopt;
  if (text[begin] != '[' || depth_ >= kMaxDepth) return literal(text, 1, out);
  const std::string_view rest = text.substr(begin);
  const auto give_up = [&](std::size_t seen, std::size_t max) -> std::optional<std::size_t> {
    return at_end || seen >= max ? literal(text, 1, out) : std::nullopt;
  };
  const std::size_t end = closing(rest, '[', ']', kMaxLabelBytes);
  if (end == std::string_view::npos) return give_up(rest.size(), kMaxLabelBytes);
  if (end + 1 == rest.size() && !at_end) return std::nullopt;
  const std::string_view label = rest.substr(1, end - 1);
  std::size_t read = begin + end + 1;
  const char behind = end + 1 < rest.size() ? rest[end + 1] : '\0';
  const bool number = !label.empty() && std::ranges::all_of(label, is_ascii_digit);
  const bool cites = number && before_ != 0 && !is_blank_character(before_);
  if (label.starts_with('^') || (cites && behind != '(')) return read;
  if (behind == '(' || behind == '[') {
    const std::string_view target = rest.substr(end + 1);
    const std::size_t target_end = closing(target, behind, behind == '(' ? ')' : ']', kMaxTargetBytes);
    if (target_end == std::string_view::npos) return give_up(target.size(), kMaxTargetBytes);
    read += target_end + 1;
  } else {
    return literal(text, 1, out);
  }
  std::string words;
  static_cast<void>(InlineMarkdown(depth_ + 1).read(label, true, words));
  emit(words, out);
  return read;
}

std::optional<std::size_t> InlineMarkdown::tag(std::string_view text, bool at_end, std::string& out) {
  if (text.size() == 1) return at_end ? literal(text, 1, out) : std::nullopt;
  const char first = text[1];
  const bool letter =
      is_ascii_word(static_cast<unsigned char>(first)) && !is_ascii_digit(static_cast<unsigned char>(first));
  if (!letter && first != '/' && first != '!') return literal(text, 1, out);
  const std::string_view near = text.substr(0, kMaxTagBytes);
  const std::size_t end = near.find('>');
  const std::size_t other = near.find('<', 1);
  if (end == std::string_view::npos || other < end) {
    const bool hopeless = at_end || text.size() >= kMaxTagBytes || other != std::string_view::npos;
    return hopeless ? literal(text, 1, out) : std::nullopt;
  }
  std::string_view inside = text.substr(1, end - 1);
  if (first == '!') return end + 1;
  if (const auto host = web_host(inside)) {
    emit(*host, out);
    return end + 1;
  }
  if (inside.starts_with('/')) inside.remove_prefix(1);
  std::string name(inside.substr(0, inside.find_first_of(" \t/")));
  const bool small = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || c == '-' || c == '_' || is_ascii_digit(static_cast<unsigned char>(c));
  });
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  // vector<int> is no tag.
  const bool is_tag = contains(kHtml, name) || (small && !name.empty() && !is_ascii_word(before_));
  if (!is_tag) return literal(text, 1, out);
  if (contains(kBlocks, name) && begun_) {
    out += '\n';
    begun_ = blank_ = false;
  }
  return end + 1;
}

std::optional<std::size_t> InlineMarkdown::entity(std::string_view text, bool at_end, std::string& out) {
  std::size_t end = 1;
  while (end < text.size() && end <= kMaxEntityBytes &&
         (is_ascii_word(static_cast<unsigned char>(text[end])) || text[end] == '#'))
    ++end;
  if (end == text.size() && end <= kMaxEntityBytes && !at_end) return std::nullopt;
  if (end == 1 || end >= text.size() || text[end] != ';') return literal(text, 1, out);
  const std::string_view name = text.substr(1, end - 1);
  const auto known =
      std::ranges::find(kEntities, name, &std::pair<std::string_view, std::string_view>::first);
  std::string said;
  if (known != kEntities.end()) {
    said = known->second;
  } else if (const auto code = numeric_entity(name)) {
    append_character(said, *code);
  } else {
    return literal(text, 1, out);
  }
  static_cast<void>(literal(said, said.size(), out));
  return end + 1;
}

// Between two cells of a table that has no bars at its sides.
std::optional<std::size_t> InlineMarkdown::pipe(std::string_view text, bool at_end, std::string& out) {
  if (text.size() == 1 && !at_end) return std::nullopt;
  const bool between = blank_ && begun_ && text.size() > 1 && is_blank_character(character_at(text, 1).code);
  if (!between) return literal(text, 1, out);
  blank_ = false;
  emit(",", out);
  return 1;
}

std::optional<std::size_t> InlineMarkdown::address(std::string_view text, bool at_end, std::string& out) {
  if (!at_end && may_become_web_address(text)) return std::nullopt;
  const std::size_t extent = web_address_extent(text);
  if (extent == 0) return literal(text, 1, out);
  if (extent == text.size() && !at_end && extent < kMaxTargetBytes) return std::nullopt;
  const std::size_t bytes = web_address_bytes(text.substr(0, extent));
  const auto host = bytes > 0 ? web_host(text.substr(0, bytes)) : std::nullopt;
  if (!host) return literal(text, 1, out);
  emit(*host, out);
  return bytes;
}

}  // namespace earshot::worker
