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

// How long `text` takes to be spoken at the slowest: 4 characters a second (of Chinese; other languages have
// more a second). A `say` is late when it has not begun in its time, not when its text is long.
Milliseconds longest_speech(std::string_view text);

class SayPort {
 public:
  // How it was done: "speech" (in its session), "speak_request" (it was woken for it), "alert" (shown).
  using Done = std::function<void(Result<std::string>)>;

  virtual ~SayPort() = default;
  // `done` is called once, later, when it was heard or shown.
  // Errors: kUnavailable (offline), kTimeout, kTooLarge (too many wait).
  virtual void say(const DeviceId& device, std::string text, Done done) = 0;
};

}  // namespace earshot::commands
