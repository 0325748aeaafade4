// SQL text that is known when the program is compiled. A statement cannot be made from anything else, so no
// text from outside can become SQL: values are bound.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace earshot::store {

// A piece to build others from: constexpr auto kSelect = sql_text("SELECT a FROM t "); kSelect + "WHERE ...".
template <std::size_t kSize>
struct SqlText {
  std::array<char, kSize> chars{};
};

template <std::size_t kSize>
consteval SqlText<kSize - 1> sql_text(const char (&text)[kSize]) {
  SqlText<kSize - 1> made;
  std::copy_n(text, kSize - 1, made.chars.begin());
  return made;
}

template <std::size_t kLeft, std::size_t kRight>
consteval SqlText<kLeft + kRight - 1> operator+(const SqlText<kLeft>& left, const char (&right)[kRight]) {
  SqlText<kLeft + kRight - 1> made;
  std::copy_n(left.chars.begin(), kLeft, made.chars.begin());
  std::copy_n(right, kRight - 1, made.chars.begin() + kLeft);
  return made;
}

template <std::size_t kLeft, std::size_t kRight>
consteval SqlText<kLeft + kRight> operator+(const SqlText<kLeft>& left, const SqlText<kRight>& right) {
  SqlText<kLeft + kRight> made;
  std::copy_n(left.chars.begin(), kLeft, made.chars.begin());
  std::copy_n(right.chars.begin(), kRight, made.chars.begin() + kLeft);
  return made;
}

class Sql {
 public:
  template <std::size_t kSize>
  consteval Sql(const char (&text)[kSize]) : text_(text, kSize - 1) {}  // NOLINT(google-explicit-constructor)
  template <std::size_t kSize>
  consteval Sql(const SqlText<kSize>& text)  // NOLINT(google-explicit-constructor)
      : text_(text.chars.data(), kSize) {}

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace earshot::store
