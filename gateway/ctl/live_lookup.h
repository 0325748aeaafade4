// The words that only the gateway knows, for completion: asked with a short timeout, nothing when it fails.
#pragma once

#include "gateway/ctl/completion.h"

namespace earshot::ctl {

Lookup live_lookup();

// `earshotctl __complete LINE`: what the shell's function asks.
// RETURNS: the exit code.
int answer_completion(const std::string& line);

}  // namespace earshot::ctl
