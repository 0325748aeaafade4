#include "gateway/doors/websocket/websocket_line.h"

#include <utility>

#include "common/audio/opus_packet.h"
#include "common/base/wire_limits.h"

namespace earshot::gateway {

namespace {

http::WebSocketLimits device_limits() {
  return {.message_bytes = kMaxControlBytes,
          .queued_bytes = 128 * 1024,          // ten seconds of sound and more
          .ping_after = Milliseconds(20'000),  // NAT forgets TCP after minutes; the device answers by itself
          .dead_after = Milliseconds(60'000)};
}

}  // namespace

void WebSocketLine::make(http::PendingUpgrade upgrade, WebSocketClient client, const Executor& shard,
                         LineHost& host, std::function<void()> on_gone) {
  auto line = std::make_shared<WebSocketLine>(Passkey{}, std::move(client), shard, host, std::move(on_gone));
  const std::weak_ptr<WebSocketLine> weak = line;
  auto socket = upgrade.accept(shard, device_limits(),
                               {.on_open = {},
                                .on_text =
                                    [weak](std::string_view text) {
                                      if (const auto self = weak.lock()) self->on_text(text);
                                    },
                                .on_binary =
                                    [weak](ByteView bytes) {
                                      if (const auto self = weak.lock()) self->on_binary(bytes);
                                    },
                                .on_closed =
                                    [weak](std::uint16_t code, std::string_view why) {
                                      if (const auto self = weak.lock()) self->on_closed(code, why);
                                    }});
  asio::post(shard, [line = std::move(line), socket = std::move(socket)]() mutable {
    line->attach(std::move(socket));
  });
}

WebSocketLine::WebSocketLine(Passkey, WebSocketClient client, const Executor& shard, LineHost& host,
                             std::function<void()> on_gone)
    : client_(std::move(client)), host_(host), on_gone_(std::move(on_gone)), hello_timer_(shard) {}

WebSocketLine::~WebSocketLine() {
  if (on_gone_) on_gone_();
}

void WebSocketLine::attach(std::shared_ptr<http::ServerWebSocket> socket) {
  if (closed_) return;
  socket_ = std::move(socket);
  host_.line_opened(shared_from_this());
  hello_timer_.expires_after(kHelloPatience);
  hello_timer_.async_wait([weak = weak_from_this()](error_code stopped) {
    const auto self = weak.lock();
    if (!stopped && self && self->session_ == nullptr) self->part(kPolicy, "no hello came");
  });
  for (auto& early : std::exchange(early_, {})) {
    if (const auto* text = std::get_if<std::string>(&early)) on_text(*text);
    if (const auto* bytes = std::get_if<Bytes>(&early)) on_binary(*bytes);
  }
}

std::unique_ptr<DeviceLeg> WebSocketLine::make_leg(const SessionIdentity& identity, const DeviceHello&,
                                                   SteadyTime) {
  WebSocketPort& port = *this;
  return std::make_unique<WebSocketLeg>(port, client_.form, identity.id);
}

Status WebSocketLine::send(std::string_view json) {
  if (socket_ && !closed_ && socket_->send_text(json)) return kDone;
  return Error{ErrorCode::kUnavailable, "the device went offline"};
}

void WebSocketLine::send_text(std::string_view json) {
  if (socket_) socket_->send_text(json);
}

bool WebSocketLine::send_binary(ByteView head, ByteView payload) {
  return socket_ && socket_->send_binary(head, payload);
}

void WebSocketLine::part(std::uint16_t code, std::string_view reason) {
  if (socket_) socket_->close(code, reason);
}

void WebSocketLine::leg_gone() {
  session_ = nullptr;
  if (!says_hello_) part(kGoingAway, "the session is over");
}

void WebSocketLine::on_text(std::string_view text) {
  if (closed_) return;
  if (!socket_) {
    if (early_.size() < kMaxEarly) early_.emplace_back(std::string(text));
    return;
  }
  on_message(text, std::chrono::steady_clock::now());
}

void WebSocketLine::on_binary(ByteView bytes) {
  if (closed_) return;
  if (!socket_) {
    if (early_.size() < kMaxEarly) early_.emplace_back(Bytes(bytes.begin(), bytes.end()));
    return;
  }
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!budget_.frame(now)) return part(kPolicy, "too many frames");
  SessionCounters& counters = host_.line_counters();
  const auto frame = parse_up_frame(client_.form, bytes);
  if (!frame) return counters.add(SessionEvent::kFrameLengthMismatch);
  if (frame->json) return on_message(as_text(frame->payload), now);
  ++sequence_;
  if (session_ == nullptr) return counters.add(SessionEvent::kDatagramUnknownSession);
  if (frame->payload.size() > kMaxOpusBytes || !inspect_opus_packet(frame->payload))
    return counters.add(SessionEvent::kDatagramNotOpus);
  if (session_->hears()) session_->hear(frame->payload, {sequence_, frame->timestamp}, now);
}

void WebSocketLine::on_message(std::string_view text, SteadyTime now) {
  if (!budget_.message(text.size(), now)) return part(kPolicy, "too many messages");
  const ParsedControl control = parse_control_message(text, ControlWire::kWebSocket);
  says_hello_ =
      control.verdict == ControlVerdict::kGood && std::holds_alternative<DeviceHello>(control.message);
  host_.line_said(*this, control, text, now);
  says_hello_ = false;
}

void WebSocketLine::on_closed(std::uint16_t code, std::string_view why) {
  if (std::exchange(closed_, true)) return;
  hello_timer_.cancel();
  const auto keep = shared_from_this();
  std::string reason = "connection closed " + std::to_string(code);
  if (!why.empty()) reason.append(" ").append(why);
  if (socket_) host_.line_closed(*this, reason);
  std::exchange(on_gone_, {})();
}

}  // namespace earshot::gateway
