// The marks inside a line of Markdown (CommonMark 0.31, chapter 6) taken away, their words kept: emphasis, code
// spans, links, images, HTML tags, entities, backslashes; of an address its host. A stream: what can be decided
// is given at once, so plain words never wait. Pure.
//
// Unlike a renderer it can not wait for the end of an emphasis: a `*` counts as one by what stands beside it.
// "2 * 3", "2*3", "a*b", "snake_case" and "C#" are no marks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

class InlineMarkdown {
 public:
  // `depth`: of links within the text of links.
  explicit InlineMarkdown(int depth = 0) : depth_(depth) {}

  void begin_line(bool heading = false);
  // Appends to `out` what the front of `text` says, as far as that is certain; with `at_end`, all of it.
  // REQUIRES: `text` holds no new line, and begins with what the last call left.
  // RETURNS: bytes read.
  std::size_t read(std::string_view text, bool at_end, std::string& out);

 private:
  // Each RETURNS the bytes it read, at least 1; nullopt: it needs to see more.
  std::optional<std::size_t> step(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> backslash(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> backticks(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> delimiter(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> bracket(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> tag(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> entity(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> pipe(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> address(std::string_view text, bool at_end, std::string& out);
  std::optional<std::size_t> literal(std::string_view text, std::size_t bytes, std::string& out);

  bool is_mark(char mark, std::size_t length, char32_t next);
  void emit(std::string_view words, std::string& out);

  int depth_;
  bool heading_ = false;
  bool begun_ = false;           // something of this line was given
  bool blank_ = false;           // is to stand before what comes next
  char32_t before_ = 0;          // the character read last; 0: the line begins
  std::size_t code_marks_ = 0;   // backticks that opened the code span; 0: not inside one
  std::size_t open_stars_ = 0;   // emphases that have begun
  std::size_t open_scores_ = 0;  // the same with '_'
};

}  // namespace earshot::worker
