// Identifiers of tasks, sessions and contexts: 32 hexadecimal digits.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/random.h"

namespace earshot::worker {

using SpeechIds = std::function<std::string()>;

inline std::string random_speech_id() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

}  // namespace earshot::worker
