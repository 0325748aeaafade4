// Texts for a terminal: aligned tables that fit its width, and no control characters of strangers. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::ctl {

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow };

// Columns that a text takes: East Asian wide characters take two, combining ones none.
std::size_t display_width(std::string_view utf8);
// Names, boards and answers come from devices: a control character in them could drive the terminal. Each
// becomes a space.
std::string printable(std::string_view text);
// At most `width` columns; what was cut is shown as "…".
std::string shortened(std::string_view text, std::size_t width);
std::string coloured(std::string_view text, Colour colour, bool colours);

struct Column {
  std::string title = {};
  bool right = false;     // numbers
  std::size_t least = 0;  // it may be cut down to so many columns when the table is too wide; 0: never
};

struct Cell {
  Cell(std::string what, Colour how = Colour::kNone) : text(std::move(what)), colour(how) {}  // NOLINT
  Cell(const char* what) : text(what) {}                                                      // NOLINT
  std::string text;
  Colour colour = Colour::kNone;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // REQUIRES: as many cells as columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  // `width` 0: as wide as it likes (output into a pipe is never cut). The widest cuttable column gives first.
  // A column whose cells are all empty is left out.
  std::string text(std::size_t width, bool colours) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace earshot::ctl
