// How a command makes a device say something, whatever state it is in; gateway/say does it.
//
// Runs on: the gateway's main executor.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"

namespace earshot::commands {

// How it was done.
struct Said {
  std::string how;       // "speech" (in its session), "notify" (it fetched the sound and plays it),
                         // "speak_request" (it was woken for it), "alert" (shown)
  std::string why = {};  // with "alert": why it was not spoken, for the operator
};
// How long `text` takes to be spoken at the slowest: 4 characters a second (of Chinese; other languages have
// more a second). A `say` is late when it has not begun in its time, not when its text is long.
Milliseconds longest_speech(std::string_view text);

class SayPort {
 public:
  using Done = std::function<void(Result<Said>)>;

  virtual ~SayPort() = default;
  // `done` is called once, later, when it was heard or shown.
  // Errors: kUnavailable (offline), kTimeout, kTooLarge (too many wait).
  virtual void say(const DeviceId& device, std::string text, Done done) = 0;
};

}  // namespace earshot::commands
