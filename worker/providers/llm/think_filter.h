// Drops what a model thinks aloud between <think> and </think> (providers.md 1.1). Pure.
#pragma once

#include <string>
#include <string_view>

#include "worker/providers/llm/tagged_text.h"

namespace earshot::worker {

class ThinkFilter {
 public:
  std::string feed(std::string_view piece) { return blocks_.feed(piece).outside; }
  std::string finish() { return blocks_.finish().outside; }

 private:
  TaggedText blocks_{"<think>", "</think>", 0};
};

}  // namespace earshot::worker
