// Whether a sentence that was refused for the moment is tried again with the same voice: a short pause disturbs
// less than another voice in the middle of an answer. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::worker {

// `refused`: how often the sentence was refused already, this time included. `status`: of HTTP; for a refusal
// within a WebSocket 429. `retry_after`: the header (RFC 9110 10.2.3), may be empty. `left`: of the time to the
// first sound.
// RETURNS: how long to wait first; nullopt: trying again does not help, or not soon enough for who listens.
std::optional<Milliseconds> speech_retry_wait(int refused, int status, std::string_view retry_after,
                                              Milliseconds left);

}  // namespace earshot::worker
