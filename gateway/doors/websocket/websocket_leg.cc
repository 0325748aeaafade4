#include "gateway/doors/websocket/websocket_leg.h"

#include "gateway/xiaozhi/down_message.h"
#include "gateway/xiaozhi/notice_message.h"

namespace earshot::gateway {

namespace {

// RFC 6455 7.4.1, and 1013 of its registry: "try again later".
constexpr std::uint16_t kNormalClosure = 1000;
constexpr std::uint16_t kTryAgainLater = 1013;

}  // namespace

void WebSocketLeg::accept(const SessionTerms& terms) {
  frame_ms_ = static_cast<std::uint32_t>(terms.frame_duration.count());
  auto hello = hello_answer(id_, "websocket", terms.sample_rate_hz, terms.frame_duration);
  hello["version"] = 1;  // of the message; that of the frames is the device's choice
  port_.send_text(json::serialize(hello));
}

void WebSocketLeg::refuse() {
  port_.send_text(busy_message(id_));
  port_.part(kTryAgainLater, "no worker");
}

void WebSocketLeg::tell(const Notice& notice) {
  port_.send_text(notice_message(id_, notice));
}

FrameVerdict WebSocketLeg::play(ByteView opus) {
  timestamp_ms_ += frame_ms_;
  const FrameHead head = build_down_head(form_, timestamp_ms_, ++sequence_, opus.size());
  return port_.send_binary(head.view(), opus) ? FrameVerdict::kSent : FrameVerdict::kNobodyThere;
}

// Goodbye is unknown here: the end of the connection is the end of the session.
void WebSocketLeg::part(std::string_view reason) {
  port_.part(kNormalClosure, reason);
}

std::uint32_t WebSocketLeg::next_timestamp() const {
  return is_timed() ? timestamp_ms_ + frame_ms_ : 0;
}

}  // namespace earshot::gateway
