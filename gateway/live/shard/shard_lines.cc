// A Shard's devices: their lines, what they say, and what commands have them do.
#include <utility>

#include "common/auth/websocket_token.h"
#include "common/base/random.h"
#include "common/log/log.h"
#include "gateway/live/shard/shard.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

spdlog::logger& lines_logger() {
  static spdlog::logger& instance = log::logger("shard");
  return instance;
}

SteadyTime lines_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

void Shard::handle_message(const LineTable::Line& line, const ParsedControl& control,
                           std::string_view payload, SteadyTime received) {
  if (control.mended) session_counters_.add(SessionEvent::kControlMended);
  if (control.verdict != ControlVerdict::kGood) {
    refuse_message(*line, control, payload, received);
  } else if (!line->told(control.message, received)) {
    const DeviceId& device = line->client().device;
    Session* current = table_.find(device);
    switch (route_control(control, current)) {
      case ControlRoute::kNewSession:
        open_session(line, std::get<DeviceHello>(control.message), received);
        break;
      case ControlRoute::kToSession:
        if (std::holds_alternative<DeviceSpeakReady>(control.message) && observer_ != nullptr)
          observer_->speak_ready(device, current->id());
        current->told(control.message, received);
        if (std::holds_alternative<DeviceListen>(control.message)) line->listens(received);
        settle(*current);
        break;
      case ControlRoute::kGoodbyeUnknown:
        session_counters_.add(SessionEvent::kUnknownSessionGoodbye);
        (void)line->wire().send(goodbye_message(SessionId{control.session_id}));
        break;
      case ControlRoute::kIgnore:
        session_counters_.add(SessionEvent::kControlWrongSession);
        break;
    }
  }
  settle_line(*line);
}

void Shard::refuse_message(DeviceLine& line, const ParsedControl& control, std::string_view payload,
                           SteadyTime now) {
  session_counters_.add(event_of(control.verdict));
  if (control.broken_reply) {
    const bool too_large = control.verdict == ControlVerdict::kTooLarge;
    line.lost_reply(*control.broken_reply, too_large ? McpLoss::kTooLarge : McpLoss::kUnreadable, now);
  }
  if (const auto verdict = bad_control_log_.ask(now); verdict.log) {
    lines_logger().warn("bad control message device={} reason={} bytes={} suppressed={}",
                        line.client().device.text(),
                        kSessionEventNames[static_cast<std::size_t>(event_of(control.verdict))],
                        payload.size(), verdict.suppressed);
  }
}

LineTable::Line Shard::mqtt_line(const auth::ClientId& client) {
  if (auto known = line_of(client)) {
    if (lines_.find(client) == nullptr) lines_.put(known);
    return known;
  }
  auto line = std::make_shared<DeviceLine>(mqtt_udp_.make_wire(client), tools_, random_u32());
  lines_.put(line);
  return line;
}

LineTable::Line Shard::line_of(const auth::ClientId& client) {
  if (auto known = lines_.find(client)) return known;
  const auto talk = talks_.find(client.device);
  const bool talks = talk != talks_.end() && talk->second.line->client().text == client.text;
  return talks ? talk->second.line : nullptr;
}

void Shard::settle_line(DeviceLine& line) {
  const DeviceId& device = line.client().device;
  if (!early_orders_.empty() && lines_.find(device).get() == &line) {
    for (auto& early : early_orders_.take(device)) {
      line.order(std::move(early.order), std::move(early.done), lines_now());
    }
  }
  if (!line.is_needed()) return lines_.remove(line);
  lines_.note_deadline(line);
}

// A device that is offline keeps its session:
// it reconnects within seconds and goes on (device-protocol trap 11).
void Shard::handle_presence(const auth::ClientId& client, bool online) {
  counters_.add(online ? ShardEvent::kPresenceOnline : ShardEvent::kPresenceOffline);
  const SteadyTime now = lines_now();
  const auto line = online ? mqtt_line(client) : line_of(client);
  if (line == nullptr) return;
  line->presence(online, now);
  if (line->session() != nullptr) {
    Session& session = *line->session();
    session.presence(online, now);
    settle(session);
  }
  settle_line(*line);
}

// Who is online is told anew when the link to the broker is there again.
void Shard::handle_presence_unknown() {
  check_thread();
  for (const auto& line : lines_.all()) {
    if (auth::is_websocket_client(line->client().text)) continue;
    line->presence_unknown();
    settle_line(*line);
  }
}

void Shard::handle_order(const DeviceId& device, DeviceOrder order, OrderDone done) {
  check_thread();
  if (ended_) return;
  counters_.add(ShardEvent::kOrdered);
  const auto line = lines_.find(device);
  if (line == nullptr) {
    counters_.add(ShardEvent::kOrderedEarly);
    return early_orders_.add(device, std::move(order), std::move(done), lines_now());
  }
  line->order(std::move(order), std::move(done), lines_now());
  settle_line(*line);
}

void Shard::line_opened(std::shared_ptr<LineWire> wire) {
  const auto line = std::make_shared<DeviceLine>(std::move(wire), tools_, random_u32());
  line->presence(true, lines_now());
  if (const auto before = lines_.put(line)) {
    before->wire().hang_up("another connection of this device");
    end_session_of(*before, "another connection");
  }
  settle_line(*line);
}

void Shard::line_said(LineWire& wire, const ParsedControl& control, std::string_view payload,
                      SteadyTime received) {
  check_thread();
  const auto line = lines_.find(wire.client());
  if (line == nullptr || &line->wire() != &wire) return;  // another connection has its place
  if (may_talk(wire.client(), control, received)) handle_message(line, control, payload, received);
}

void Shard::line_closed(LineWire& wire, std::string_view reason) {
  check_thread();
  const auto line = lines_.find(wire.client());
  if (line == nullptr || &line->wire() != &wire) return;
  end_session_of(*line, reason);
  lines_.remove(*line);
}

void Shard::end_session_of(DeviceLine& line, std::string_view reason) {
  Session* const session = line.session();
  if (session == nullptr) return;
  session->left(reason, lines_now());
  settle(*session);
}

}  // namespace earshot::gateway
