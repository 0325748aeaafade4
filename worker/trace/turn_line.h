// The trace of a turn as one line of the log: key=value, times in milliseconds, nothing of what was said.
// Pure. docs/operations.md lists the keys.
#pragma once

#include <string>

#include "worker/trace/turn_trace.h"

namespace earshot::worker {

std::string turn_line(const TurnTrace& trace);

}  // namespace earshot::worker
