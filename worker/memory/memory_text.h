// What is remembered, as a model reads it in front of the user's words: facts, earlier conversations, and what was
// said, each with its day. Pure.
//
// All of it is quoted: whoever told the device something long ago gives the model no orders. What is behind a quotation
// mark stays behind it.
// Bounded: kMaxMemoryTextBytes; facts that share words with the question come first.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/memory/fact_book.h"
#include "worker/memory/time_words.h"

namespace earshot::worker {

inline constexpr std::size_t kMaxMemoryTextBytes = 6 * 1024;  // some 1,500 tokens

// Seconds east of Greenwich where the user is, at a time since the epoch.
using ZoneOffset = std::function<std::int32_t(std::int64_t unix_seconds)>;

LocalSeconds local_time_of(std::int64_t unix_ms, const ZoneOffset& offset);
// In the hour that a clock shows twice: its first.
std::int64_t unix_ms_of(LocalSeconds local, const ZoneOffset& offset);

struct SaidBefore {
  std::int64_t at_ms = 0;
  std::string words{};
  std::string reply{};
};

struct Remembered {
  std::vector<KnownFact> facts{};
  std::vector<SaidBefore> summaries{};  // words: of an earlier session
  std::vector<SaidBefore> said{};
  std::vector<TimeRange> asked{};  // the times that the user has named
};

// Empty: nothing is remembered that could help.
std::string memory_text(const Remembered& remembered, std::string_view question, LocalSeconds now,
                        const ZoneOffset& offset);

}  // namespace earshot::worker
