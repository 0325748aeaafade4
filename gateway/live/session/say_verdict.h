// Whether a device's session takes something to say. Pure.
#pragma once

namespace earshot::gateway {

enum class SayVerdict {
  kTaken,      // it will be told how it ended
  kNotYet,     // it has a session, and where its sound goes is not known until its own comes: ask again
  kNoSession,  // or one that is about to end
};

}  // namespace earshot::gateway
