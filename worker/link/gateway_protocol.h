// What a gateway may send when, and what of it is nonsense:
// the table of docs/protocol_ipc.md as a function. Pure.
#pragma once

#include "ipc.pb.h"

namespace earshot::worker {

enum class GatewayVerdict {
  kHello,
  kPing,
  kPong,
  kDrain,        // no new sessions on this link
  kAgents,       // who may answer
  kOpen,         // begins Envelope.session
  kUpdate,       // gives it other terms
  kClose,        // ends it
  kSession,      // belongs to it
  kBeforeHello,  // anything but a hello first
  kSecondHello,
  kNoSession,       // a session's message without a session
  kWrongDirection,  // only a worker may send it, or nothing was sent
};

GatewayVerdict judge_gateway_envelope(const ipc::Envelope& envelope, bool hello_seen);

}  // namespace earshot::worker
