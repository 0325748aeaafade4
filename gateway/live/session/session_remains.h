// What a session leaves to the next gateway, so that it goes on there. Pure value.
#pragma once

#include <string>

#include "gateway/xiaozhi/control_message.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct SessionRemains {
  ListenMode mode = ListenMode::kAuto;  // of the latest `listen start`
  bool listening = false;               // the microphone is on
  // What is known of the newest speech. What was queued is lost with the gateway: of speech that did not come to its end
  // the sentence that plays, and all behind it, are to be said again.
  ipc::Moved spoken = {};
  std::string checkpoint = {};
};

}  // namespace earshot::gateway
