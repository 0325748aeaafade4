#include "gateway/ctl/table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "common/base/check.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kGap = 2;

struct Range {
  char32_t first;
  char32_t last;
};
// East Asian Width W and F of Unicode 15, in rough blocks: what terminals draw in two cells.
constexpr std::array<Range, 12> kWide{{{0x1100, 0x115f},
                                       {0x2e80, 0x303e},
                                       {0x3041, 0x33ff},
                                       {0x3400, 0x4dbf},
                                       {0x4e00, 0xa4cf},
                                       {0xac00, 0xd7a3},
                                       {0xf900, 0xfaff},
                                       {0xfe30, 0xfe6f},
                                       {0xff00, 0xff60},
                                       {0xffe0, 0xffe6},
                                       {0x1f300, 0x1faff},
                                       {0x20000, 0x3fffd}}};
// Combining marks, zero-width characters, variation selectors.
constexpr std::array<Range, 4> kNoWidth{
    {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};

template <std::size_t kSize>
bool within(const std::array<Range, kSize>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Character {
  std::size_t bytes;
  std::size_t width;
};

// REQUIRES: text is not empty. Bytes that are no UTF-8 count as one column each.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t bytes = byte(0) < 0x80    ? 1
                            : byte(0) >= 0xf0 ? 4
                            : byte(0) >= 0xe0 ? 3
                            : byte(0) >= 0xc0 ? 2
                                              : 1;
  if (bytes == 1 || bytes > text.size()) return {1, 1};
  char32_t c = byte(0) & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) c = (c << 6) | (byte(i) & 0x3fu);
  return {bytes, within(kNoWidth, c) ? 0u : within(kWide, c) ? 2u : 1u};
}

std::string padded(const std::string& text, std::size_t width, bool right, bool last) {
  const std::size_t taken = display_width(text);
  const std::string space(width > taken ? width - taken : 0, ' ');
  if (right) return space + text;
  return last ? text : text + space;  // no spaces at the end of a line
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const Character next = first_character(utf8);
    width += next.width;
    utf8.remove_prefix(next.bytes);
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string clean(text);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(clean[i]);
    if (byte < 0x20 || byte == 0x7f) clean[i] = ' ';
    // U+0080..U+009F are control characters too, in UTF-8 the two bytes C2 80..9F.
    if (byte == 0xc2 && i + 1 < clean.size() && static_cast<std::uint8_t>(clean[i + 1]) < 0xa0)
      clean[i] = clean[i + 1] = ' ';
  }
  return clean;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string kept;
  std::size_t taken = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    if (taken + next.width + 1 > width) break;
    kept += text.substr(0, next.bytes);
    taken += next.width;
    text.remove_prefix(next.bytes);
  }
  return width == 0 ? kept : kept + "…";
}

std::string coloured(std::string_view text, Colour colour, bool colours) {
  if (!colours || colour == Colour::kNone || text.empty()) return std::string(text);
  static constexpr std::array<std::string_view, 6> kCodes{"", "1", "2", "31", "32", "33"};
  return "\x1b[" + std::string(kCodes[static_cast<std::size_t>(colour)]) + "m" + std::string(text) +
         "\x1b[0m";
}

void Table::add(std::vector<Cell> row) {
  EARSHOT_CHECK(row.size() == columns_.size(), "a row has a cell for each column");
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::text(std::size_t width, bool colours) const {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[c].text));
    if (widest == 0 && !rows_.empty()) continue;
    shown.push_back(c);
    widths[c] = std::max(widest, display_width(columns_[c].title));
  }
  const auto total = [&] {
    return std::accumulate(shown.begin(), shown.end(), kGap * (shown.empty() ? 0 : shown.size() - 1),
                           [&](std::size_t sum, std::size_t c) { return sum + widths[c]; });
  };
  while (width != 0 && total() > width) {
    const auto room = [&](std::size_t c) {
      const std::size_t least = columns_[c].least;
      return least == 0 || widths[c] <= least ? std::size_t{0} : widths[c];
    };
    const auto widest = std::ranges::max_element(shown, {}, room);
    if (widest == shown.end() || room(*widest) == 0) break;
    --widths[*widest];
  }
  std::string all;
  const auto line = [&](const auto& cell_text, const auto& cell_colour) {
    for (const std::size_t c : shown) {
      const bool last = c == shown.back();
      all += coloured(padded(shortened(cell_text(c), widths[c]), widths[c], columns_[c].right, last),
                      cell_colour(c), colours);
      if (!last) all.append(kGap, ' ');
    }
    while (!all.empty() && all.back() == ' ') all.pop_back();
    all.push_back('\n');
  };
  line([&](std::size_t c) { return columns_[c].title; }, [](std::size_t) { return Colour::kBold; });
  for (const auto& row : rows_)
    line([&](std::size_t c) { return row[c].text; }, [&](std::size_t c) { return row[c].colour; });
  return all;
}

}  // namespace earshot::ctl
