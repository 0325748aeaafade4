// The times that a sentence names, as ranges of the user's own clock: "yesterday", "上周三晚上", "from Monday to
// Wednesday", "两个月前". Pure.
//
// Weeks are Monday to Sunday; ranges hold their beginning and not their end. What is asked of a memory lies
// behind: a day or a month without its year or week is the latest that has begun. Words that name no time, and
// days that there are not ("February 30th"), give nothing. docs/memory.md has the list.
// Cost: some microseconds for a sentence; it is linear in its length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "worker/memory/time_pieces.h"

namespace earshot::worker {

struct TimeRange {
  LocalSeconds from{};
  LocalSeconds until{};  // not in it
  bool operator==(const TimeRange&) const = default;
};

struct TimeWords {
  static constexpr std::size_t kMaxRanges = 4;  // of a sentence; more are left out

  std::vector<TimeRange> ranges;  // in the order of the sentence
  std::string rest;               // the sentence without them
};

TimeWords time_words(std::string_view text, LocalSeconds now);

}  // namespace earshot::worker
