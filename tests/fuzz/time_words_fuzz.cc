// Whatever a recogniser or a user writes, and whatever a clock shows: ranges hold something, and no more than four.
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/check.h"
#include "worker/memory/time_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using earshot::worker::LocalSeconds;
  using earshot::worker::TimeWords;
  std::int32_t days = 0;
  if (size < sizeof days) return 0;
  std::memcpy(&days, data, sizeof days);
  const std::string_view text(reinterpret_cast<const char*>(data) + sizeof days, size - sizeof days);
  const LocalSeconds now{std::chrono::seconds(std::int64_t{days} * 10'007)};
  const TimeWords words = earshot::worker::time_words(text, now);
  EARSHOT_CHECK(words.ranges.size() <= TimeWords::kMaxRanges, "too many ranges");
  for (const auto& range : words.ranges) EARSHOT_CHECK(range.from < range.until, "an empty range");
  return 0;
}
