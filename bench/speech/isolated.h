// A measurement in a process of its own: what it allocates and loads is its own, and is gone afterwards.
#pragma once

#include <functional>

#include "common/json/json.h"

namespace earshot::bench {

// Forks; the child runs `measure` and ends.
// REQUIRES: no other threads, so that the child may go on like the parent.
// RETURNS: what `measure` returned.
// Throws std::runtime_error: it threw (its message), or the child died.
json::object isolated(const std::function<json::object()>& measure);

}  // namespace earshot::bench
