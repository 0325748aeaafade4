// Markdown as models write it whatever their prompt says, read as a stream: its words come out, its marks do
// not. Pure.
// Bounded: what can not be decided yet is at most a line of a table or of code (kMaxLineBytes).
//
// - Headings, bullets, quotes and rules lose their marks (CommonMark 0.31, chapters 4 and 5); the number of a
//   numbered list stays: people say it.
// - A table becomes its cells, a row a line, with commas between them.
// - Code between fences is left out: nobody can follow it by ear. What looks like prose there, in a block that
//   names no language, is said; and if a reply is nothing but code, that is said.
// - Inside a line: inline_markdown.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "worker/spoken_text/inline_markdown.h"

namespace earshot::worker {

class MarkdownText {
 public:
  static constexpr std::size_t kMaxLineBytes = 4096;

  // REQUIRES: pieces are valid UTF-8, cut between characters.
  // RETURNS: the words that are certain.
  std::string add(std::string_view piece);
  std::string flush();  // no more text of this round: the rest; then a line begins

 private:
  enum class Place { kLineStart, kLine, kFence };

  void take(bool at_end, std::string& out);
  bool begin_line(std::string_view line, bool whole);
  bool begin_marked_line(std::string_view line, bool whole);
  bool begin_fence(std::string_view line, bool whole, std::size_t run);
  void table_row(std::string_view line);
  void fenced_line(std::string_view line);
  void begin_words(std::size_t skipped, bool heading = false);
  void drop_line(std::string_view line);

  std::string rest_;  // of the line that goes on, not decided yet
  Place place_ = Place::kLineStart;
  bool listed_ = false;  // behind a bullet of this line
  int marks_ = 0;        // of this line
  InlineMarkdown line_;
  std::string ready_;  // words of a whole line that was taken at once
  char fence_ = 0;
  std::size_t fence_marks_ = 0;
  bool prose_fence_ = false;
  std::string code_;    // left out so far, its beginning
  bool spoke_ = false;  // there were words
};

}  // namespace earshot::worker
