// How a command makes a device say something, whatever state it is in; gateway/say does it.
//
// Runs on: the gateway's main executor.
#pragma once

#include <functional>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"

namespace earshot::commands {

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
