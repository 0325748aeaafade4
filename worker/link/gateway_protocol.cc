#include "worker/link/gateway_protocol.h"

namespace earshot::worker {

namespace {

GatewayVerdict judge_body(const ipc::Envelope& envelope) {
  switch (envelope.body_case()) {
    case ipc::Envelope::kPing:
      return GatewayVerdict::kPing;
    case ipc::Envelope::kPong:
      return GatewayVerdict::kPong;
    case ipc::Envelope::kDrain:
      return GatewayVerdict::kDrain;
    case ipc::Envelope::kAgentSet:
      return GatewayVerdict::kAgents;
    case ipc::Envelope::kSessionOpen:
      return GatewayVerdict::kOpen;
    case ipc::Envelope::kCallUpdate:
      return GatewayVerdict::kUpdate;
    case ipc::Envelope::kSessionClose:
      return GatewayVerdict::kClose;
    case ipc::Envelope::kAudioUp:
    case ipc::Envelope::kListen:
    case ipc::Envelope::kAbort:
    case ipc::Envelope::kDeviceLink:
    case ipc::Envelope::kMcpUp:
    case ipc::Envelope::kPlayoutReport:
    case ipc::Envelope::kSay:
    case ipc::Envelope::kNotebook:
    case ipc::Envelope::kMemoryDown:
    case ipc::Envelope::kCallDialogue:
    case ipc::Envelope::kRespond:
      return GatewayVerdict::kSession;
    default:
      return GatewayVerdict::kWrongDirection;
  }
}

bool belongs_to_session(GatewayVerdict verdict) {
  return verdict == GatewayVerdict::kOpen || verdict == GatewayVerdict::kUpdate ||
         verdict == GatewayVerdict::kClose || verdict == GatewayVerdict::kSession;
}

}  // namespace

GatewayVerdict judge_gateway_envelope(const ipc::Envelope& envelope, bool hello_seen) {
  if (envelope.body_case() == ipc::Envelope::kGatewayHello) {
    return hello_seen ? GatewayVerdict::kSecondHello : GatewayVerdict::kHello;
  }
  if (!hello_seen) return GatewayVerdict::kBeforeHello;
  const GatewayVerdict verdict = judge_body(envelope);
  return belongs_to_session(verdict) && envelope.session() == 0 ? GatewayVerdict::kNoSession : verdict;
}

}  // namespace earshot::worker
