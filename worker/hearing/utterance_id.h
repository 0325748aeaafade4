// Which piece of speech: the count of listen() calls, and of utterances within one.
#pragma once

#include <compare>
#include <cstdint>

namespace earshot::worker {

struct UtteranceId {
  std::uint32_t listening = 0;
  std::uint32_t number = 0;
  auto operator<=>(const UtteranceId&) const = default;
};

}  // namespace earshot::worker
