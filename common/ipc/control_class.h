// What becomes of a control record for which there is no room: one session's excess must not cost the others
// of its link theirs. Pure.
#pragma once

#include "ipc.pb.h"

namespace earshot::ipc {

enum class ControlClass {
  kOptional,  // left out and counted: a device's MCP message (the call ends without it), the record of a turn,
              // what is remembered, a checkpoint (the one before still counts)
  kSession,   // a session that misses it is broken, so its owner ends that session
  kLink,      // the link's own, and each end of a session: a peer that misses it is lost
};

inline ControlClass class_of(const Envelope& envelope) {
  if (envelope.session() == 0) return ControlClass::kLink;
  switch (envelope.body_case()) {
    case Envelope::kMcpUp:
    case Envelope::kTurnReport:
    case Envelope::kMemoryDown:
    case Envelope::kSessionCheckpoint:
    case Envelope::kUplinkHeard:
      return ControlClass::kOptional;
    case Envelope::kMemoryUp:  // what is to be forgotten must not stay
      return envelope.memory_up().has_change() ? ControlClass::kSession : ControlClass::kOptional;
    case Envelope::kSessionClose:
    case Envelope::kSessionEnd:
    case Envelope::kSessionRefused:
      return ControlClass::kLink;
    default:
      return ControlClass::kSession;
  }
}

}  // namespace earshot::ipc
