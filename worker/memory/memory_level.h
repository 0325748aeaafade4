// How much an agent remembers of its users (docs/memory.md).
#pragma once

namespace earshot::worker {

enum class MemoryLevel {
  kOff,
  kDiary,  // what was said
  kFull,   // and facts about the user
};

}  // namespace earshot::worker
