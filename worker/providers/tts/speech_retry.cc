#include "worker/providers/tts/speech_retry.h"

#include <algorithm>
#include <charconv>

namespace earshot::worker {

namespace {

constexpr Milliseconds kFirstWait{250};
constexpr int kWaitGrows = 3;
constexpr Milliseconds kLongestWait{2000};  // within an answer; another voice is better than a longer pause
constexpr int kThrottledTries = 2;
constexpr int kBrokenTries = 1;

// How often such a refusal is worth another try.
int tries_after(int status) {
  switch (status) {
    case 429:
    case 503:
      return kThrottledTries;
    case 501:  // not implemented
    case 505:  // version not supported
      return 0;
    default:
      return status >= 500 && status < 600 ? kBrokenTries : 0;
  }
}

}  // namespace

std::optional<Milliseconds> speech_retry_wait(int refused, int status, std::string_view retry_after,
                                              Milliseconds left) {
  if (refused > tries_after(status)) return std::nullopt;
  Milliseconds wait = kFirstWait;
  for (int i = 1; i < refused; ++i) wait *= kWaitGrows;
  if (!retry_after.empty()) {
    std::uint32_t seconds = 0;
    const char* const end = retry_after.data() + retry_after.size();
    const auto [stop, failure] = std::from_chars(retry_after.data(), end, seconds);
    // A date instead of seconds is never meant for the next moment.
    if (failure != std::errc{} || stop != end) return std::nullopt;
    wait = std::max(wait, Milliseconds(std::int64_t{seconds} * 1000));
  }
  if (wait > kLongestWait || wait >= left) return std::nullopt;
  return wait;
}

}  // namespace earshot::worker
