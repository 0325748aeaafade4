#include "gateway/live/session/session_table.h"

#include <utility>
#include <variant>

#include "common/base/random.h"
#include "gateway/live/session/recitals.h"

namespace earshot::gateway {

SessionTable::SessionTable(SessionCounters& counters, const SessionConfig& config, SessionMemory& memory)
    : counters_(counters), config_(config), memory_(memory) {}

SessionIdentity SessionTable::identify(const DeviceId& device, Speaker who) const {
  std::uint32_t ssrc =
      0;  // 0 means the link itself in an Envelope; what follows are sessions without a device
  while (ssrc <= kLastDevicelessSsrc || by_ssrc_.contains(Ssrc{ssrc})) ssrc = random_u32();
  return {.ssrc = Ssrc{ssrc},
          .id = SessionId::random(),
          .device = device,
          .language = std::move(who.language),
          .agent = std::move(who.agent)};
}

Session* SessionTable::open(SessionIdentity identity, const DeviceHello& hello,
                            std::unique_ptr<DeviceLeg> leg, SteadyTime now) {
  if (Session* before = find(identity.device)) {
    before->replaced(now);
    erase(before->ssrc());
  }
  if (by_ssrc_.size() >= config_.max_sessions) {
    counters_.add(SessionEvent::kTableFull);
    return nullptr;
  }
  const Ssrc ssrc = identity.ssrc;
  const DeviceId device = identity.device;
  auto made =
      std::make_unique<Session>(counters_, config_, std::move(identity), hello, std::move(leg), memory_, now);
  Session* session = made.get();
  by_ssrc_.emplace(ssrc, std::move(made));
  by_device_.emplace(device, session);
  return session;
}

void SessionTable::erase(Ssrc ssrc) {
  const Session* const session = find(ssrc);
  if (session == nullptr) return;
  by_device_.erase(session->device());
  by_ssrc_.erase(ssrc);
}

Session* SessionTable::find(Ssrc ssrc) {
  const auto* const found = by_ssrc_.find(ssrc);
  return found == nullptr ? nullptr : found->get();
}

Session* SessionTable::find(const DeviceId& device) {
  const auto found = by_device_.find(device);
  return found == by_device_.end() ? nullptr : found->second;
}

ControlRoute route_control(const ParsedControl& control, const Session* current) {
  if (std::holds_alternative<DeviceHello>(control.message)) return ControlRoute::kNewSession;
  const bool alive = current != nullptr && !current->over();
  // It answers with the id of the request, not of the session that it opened for it (speak_request.h).
  if (alive && std::holds_alternative<DeviceSpeakReady>(control.message)) return ControlRoute::kToSession;
  if (alive && control.session_id == current->id().text) return ControlRoute::kToSession;
  // Only the exact id ends a session: a late goodbye of the one before must not (3.5).
  if (std::holds_alternative<DeviceGoodbye>(control.message)) return ControlRoute::kIgnore;
  // Some clients leave the id empty (3.4, section 11) or have one of their own; messages of a connection come in
  // order, so behind its hello none is of a session before.
  if (alive) return ControlRoute::kToSession;
  return control.session_id.empty() ? ControlRoute::kIgnore : ControlRoute::kGoodbyeUnknown;
}

}  // namespace earshot::gateway
