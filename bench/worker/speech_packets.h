// What the bench's users say: one synthetic sentence through a device's Opus encoder.
#pragma once

#include "bench/worker/talker.h"
#include "common/base/result.h"

namespace earshot::bench {

// About four seconds of speech in a quiet room, and two seconds of that room.
Result<UserSpeech> make_user_speech();

}  // namespace earshot::bench
