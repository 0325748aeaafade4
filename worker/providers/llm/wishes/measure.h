// An amount with its unit: "5 miles", "a mile", "five and a half feet", "minus 40 degrees", 五公斤, 100华氏度. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "worker/providers/llm/wishes/unit.h"

namespace earshot::worker {

struct Measure {
  double value = 0;
  const Unit* unit = nullptr;
};

// The whole of `words`.
std::optional<Measure> read_measure(std::span<const std::string> words);

}  // namespace earshot::worker
