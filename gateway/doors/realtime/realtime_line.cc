#include "gateway/doors/realtime/realtime_line.h"

#include <utility>

namespace earshot::gateway {

namespace {

http::WebSocketLimits realtime_limits() {
  return {.message_bytes = RealtimeCall::kMaxEventBytes,
          .skip_bytes = RealtimeCall::kMaxRefusedBytes,
          // Ten seconds of speech are made ahead: 640 kB of base64.
          .queued_bytes = 2 * 1024 * 1024,
          .ping_after = Milliseconds(20'000),
          .dead_after = Milliseconds(60'000)};
}

}  // namespace

void RealtimeLine::make(http::PendingUpgrade upgrade, RealtimeTerms terms, std::string_view subprotocol,
                        const Executor& shard, CallHost& host, std::function<void()> on_gone) {
  auto line = std::make_shared<RealtimeLine>(Passkey{}, std::move(terms), shard, host, std::move(on_gone));
  const std::weak_ptr<RealtimeLine> weak = line;
  auto socket = upgrade.accept(shard, realtime_limits(),
                               {.on_open = {},
                                .on_text =
                                    [weak](std::string_view text) {
                                      if (const auto self = weak.lock()) self->on_text(text);
                                    },
                                .on_binary =
                                    [weak](ByteView) {
                                      const auto self = weak.lock();
                                      if (self && self->socket_)
                                        self->socket_->close(kUnsupportedData, "events are text");
                                    },
                                .on_too_big =
                                    [weak] {
                                      if (const auto self = weak.lock()) self->on_too_big();
                                    },
                                .on_closed =
                                    [weak](std::uint16_t code, std::string_view why) {
                                      if (const auto self = weak.lock()) self->on_closed(code, why);
                                    }},
                               subprotocol);
  asio::post(shard, [line = std::move(line), socket = std::move(socket)]() mutable {
    line->attach(std::move(socket));
  });
}

RealtimeLine::RealtimeLine(Passkey, RealtimeTerms terms, const Executor& shard, CallHost& host,
                           std::function<void()> on_gone)
    : terms_(std::move(terms)), host_(host), on_gone_(std::move(on_gone)), life_timer_(shard) {}

RealtimeLine::~RealtimeLine() {
  if (on_gone_) on_gone_();
}

void RealtimeLine::attach(std::shared_ptr<http::ServerWebSocket> socket) {
  if (closed_) return;
  socket_ = std::move(socket);
  if (!host_.caller_came(shared_from_this())) return hang_up("shutdown");
  RealtimePort& port = *this;
  call_.emplace(port, host_, terms_, std::chrono::steady_clock::now());
  life_timer_.expires_after(kLongest);
  life_timer_.async_wait([weak = weak_from_this()](error_code stopped) {
    const auto self = weak.lock();
    if (stopped || !self || !self->call_) return;
    self->call_->expire();
    self->hang_up("session expired");
  });
  call_->begin();
  for (const std::string& text : std::exchange(early_, {})) on_text(text);
}

void RealtimeLine::hang_up(std::string_view reason) {
  if (call_) call_->leave(reason);
  if (socket_) socket_->close(kGoingAway, reason);
}

void RealtimeLine::send_text(std::string_view json) {
  if (socket_ && !closed_) socket_->send_text(json);
}

void RealtimeLine::on_text(std::string_view text) {
  if (closed_) return;
  if (call_) return call_->client_says(text, std::chrono::steady_clock::now());
  early_bytes_ += text.size();
  if (early_.size() < kMaxEarly && early_bytes_ <= kMaxEarlyBytes) early_.emplace_back(text);
}

void RealtimeLine::on_too_big() {
  if (!closed_ && call_) call_->client_says_too_much();
}

void RealtimeLine::on_closed(std::uint16_t, std::string_view) {
  if (std::exchange(closed_, true)) return;
  life_timer_.cancel();
  const auto keep = shared_from_this();
  if (call_) call_->leave("connection closed");
  host_.caller_left(*this);
  std::exchange(on_gone_, {})();
}

}  // namespace earshot::gateway
