// Whether a failure says something about its provider, or only about what was asked of it.
#pragma once

#include "common/base/result.h"

namespace earshot::worker {

// True: the service is away, too slow, or takes nothing from us: the next request would fail as well, whoever
// makes it. False: this one request was refused for what is in it (a content filter, a word that the voice has no
// sound for), or had no answer to give. That is nothing that other users should suffer for.
inline bool is_outage(const Error& why) {
  return why.code != ErrorCode::kInvalid && why.code != ErrorCode::kTooLarge;
}

}  // namespace earshot::worker
