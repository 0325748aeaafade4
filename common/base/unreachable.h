// For the end of a function whose switch has returned in every legal case. Aborts, in release too; unlike a
// failed EARSHOT_CHECK it tells the compiler that nothing comes after it, also under ThreadSanitizer.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace earshot {

[[noreturn]] inline void unreachable(const char* what) {
  std::fprintf(stderr, "unreachable code was reached: %s\n", what);
  std::abort();
}

}  // namespace earshot
