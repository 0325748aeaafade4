// What is printed, and how: to a person at a terminal, or to a program. Driver.
// Runs on: the program's only thread that prints.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/ctl/table.h"

namespace earshot::ctl {

class Terminal {
 public:
  // Colours and widths only where a terminal is; NO_COLOR (no-color.org) and TERM=dumb are heeded.
  Terminal(bool json, bool no_colour);

  bool json() const { return json_; }
  bool colours() const { return colours_; }
  std::size_t width() const { return width_; }  // 0: no terminal, as wide as one likes
  bool progress_is_a_terminal() const { return errors_are_a_terminal_; }

  void print(std::string_view text) const;  // as it is
  void line(std::string_view text) const;   // printable, with the end of line
  void table(const Table& table) const { print(table.text(width_, colours_)); }
  std::string paint(std::string_view text, Colour colour) const { return coloured(text, colour, colours_); }
  void error(std::string_view text) const;

 private:
  bool json_;
  bool colours_;
  bool errors_are_a_terminal_;
  std::size_t width_;
};

// One line on stderr for what takes longer than two seconds: rewritten at a terminal, elsewhere told anew
// every ten seconds. It is gone when this dies.
class Progress {
 public:
  explicit Progress(const Terminal& terminal) : terminal_(terminal) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  void show(const std::string& text);

 private:
  const Terminal& terminal_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_ = since_;
  bool shown_ = false;
};

}  // namespace earshot::ctl
