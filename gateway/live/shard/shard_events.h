// What a shard counts of devices, beside its sessions (session_events.h).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "common/base/counters.h"
#include "gateway/live/shard/admission_table.h"

namespace earshot::gateway {

enum class ShardEvent {
  kPresenceOnline,
  kPresenceOffline,
  kOrdered,         // by the control plane
  kOrderedEarly,    // likewise, before the device's line was there
  kRefusedUnknown,  // messages of devices that may not talk to us, by AdmissionVerdict
  kRefusedNotAdmitted,
  kRefusedOtherClient,
  kRefusedOldCredentials,
  kHelloTooOften,   // of one device: not answered
  kControlTooMuch,  // of one device: dropped unread
  kLineLeftOut,     // of the log, about the sessions of one device
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(ShardEvent::kCount)> kShardEventNames{
    "presence_online", "presence_offline",     "device_orders",        "device_orders_early",
    "refused_unknown", "refused_not_admitted", "refused_other_client", "refused_old_credentials",
    "hello_too_often", "control_too_much",     "session_line_left_out"};
using ShardCounters = Counters<ShardEvent, kShardEventNames>;

// REQUIRES: not kAdmitted.
ShardEvent event_of(AdmissionVerdict verdict);

}  // namespace earshot::gateway
