// Turns that somebody asks about later, with two questions each: 200 questions with known answers.
#pragma once

#include <span>

namespace earshot::bench {

enum class Tongue { kEnglish, kChinese };

struct Asked {
  const char* said;
  const char* first;
  const char* second;
};

std::span<const Asked> asked(Tongue tongue);

}  // namespace earshot::bench
