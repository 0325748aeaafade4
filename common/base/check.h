// EARSHOT_CHECK: for what cannot happen unless our own code is wrong. Aborts, in release too.
// Conditions that an attacker or a peer can reach are never CHECKs: they return a verdict or a Result.
#pragma once

#include <cstdio>
#include <cstdlib>

#define EARSHOT_CHECK(condition, what)                                                              \
  do {                                                                                              \
    if (!(condition)) [[unlikely]] {                                                                \
      std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", __FILE__, __LINE__, what, #condition); \
      std::abort();                                                                                 \
    }                                                                                               \
  } while (false)
