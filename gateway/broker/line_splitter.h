// Lines out of a byte stream, for another program's log. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::broker {

class LineSplitter {
 public:
  static constexpr std::size_t kMaxLineBytes = 1024;  // the rest of a longer line is left out

  template <class Visitor>  // visitor(std::string_view line), without its end; empty lines are skipped
  void feed(std::string_view bytes, Visitor&& visitor) {
    for (const char c : bytes) {
      if (c != '\n') {
        if (line_.size() < kMaxLineBytes) line_.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
        continue;
      }
      if (!line_.empty()) visitor(std::string_view(line_));
      line_.clear();
    }
  }

 private:
  std::string line_;
};

}  // namespace earshot::broker
