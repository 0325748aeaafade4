#include "gateway/doors/calls/call_line.h"

#include <utility>

namespace earshot::gateway {

void CallLine::make(http::PendingUpgrade upgrade, CallOpening opening, const Executor& shard,
                    CallHost& host) {
  auto line = std::make_shared<CallLine>(Passkey{}, std::move(opening), shard, host);
  const std::weak_ptr<CallLine> weak = line;
  auto socket = upgrade.accept(shard, line->opening_.limits,
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
                               line->opening_.subprotocol);
  asio::post(shard, [line = std::move(line), socket = std::move(socket)]() mutable {
    line->attach(std::move(socket));
  });
}

CallLine::CallLine(Passkey, CallOpening opening, const Executor& shard, CallHost& host)
    : opening_(std::move(opening)), host_(host), life_timer_(shard) {}

CallLine::~CallLine() {
  if (opening_.on_gone) opening_.on_gone();
}

void CallLine::attach(std::shared_ptr<http::ServerWebSocket> socket) {
  if (closed_) return;
  socket_ = std::move(socket);
  if (!host_.caller_came(shared_from_this())) return hang_up("shutdown");
  call_ = opening_.make(*this, host_, std::chrono::steady_clock::now());
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

void CallLine::hang_up(std::string_view reason) {
  if (call_) call_->leave(reason);
  if (socket_) socket_->close(kGoingAway, reason);
}

void CallLine::send_text(std::string_view json) {
  if (socket_ && !closed_) socket_->send_text(json);
}

void CallLine::on_text(std::string_view text) {
  if (closed_) return;
  if (call_) return call_->client_says(text, std::chrono::steady_clock::now());
  early_bytes_ += text.size();
  if (early_.size() < kMaxEarly && early_bytes_ <= kMaxEarlyBytes) early_.emplace_back(text);
}

void CallLine::on_too_big() {
  if (!closed_ && call_) call_->client_says_too_much();
}

void CallLine::on_closed(std::uint16_t, std::string_view) {
  if (std::exchange(closed_, true)) return;
  life_timer_.cancel();
  const auto keep = shared_from_this();
  if (call_) call_->leave("connection closed");
  host_.caller_left(*this);
  std::exchange(opening_.on_gone, {})();
}

}  // namespace earshot::gateway
