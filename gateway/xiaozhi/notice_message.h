// What a xiaozhi device is told, as its JSON (down_message.h): the same words on every wire. Pure.
#pragma once

#include <string>

#include "common/base/ids.h"
#include "gateway/live/session/device_leg.h"

namespace earshot::gateway {

std::string notice_message(const SessionId& session, const Notice& notice);

// Shown when no worker takes a session.
std::string busy_message(const SessionId& session);

}  // namespace earshot::gateway
