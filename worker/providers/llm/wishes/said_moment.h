// Times of the day and days as people name them: "7:30 pm", "half past six", "tomorrow at eight", 下午三点半,
// 明天早上八点; "december 25 2026", "the 4th of july", "tomorrow", 2026年12月25日, 后天. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace earshot::worker {

struct SaidMoment {
  int hour = 0;    // 0..23
  int minute = 0;  // 0..59
  // "at seven": in the morning or in the evening, whichever comes first.
  bool either_half = false;
  std::optional<int> days = std::nullopt;  // from today; nullopt: the next time that it is so late
};

struct SaidDay {
  std::optional<int> days = std::nullopt;  // from today: then the rest says nothing
  std::optional<int> year = std::nullopt;  // 1..9999; nullopt: this one
  int month = 0;                           // 1..12
  int day = 0;                             // 1..31; such a date need not exist
};

// The whole of `words`.
std::optional<SaidMoment> read_said_moment(std::span<const std::string> words);
std::optional<SaidDay> read_said_day(std::span<const std::string> words);

}  // namespace earshot::worker
