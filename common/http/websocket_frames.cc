#include "common/http/websocket_frames.h"

#include <algorithm>
#include <utility>

#include "common/http/utf8.h"

namespace earshot::http {

namespace {

constexpr std::size_t kMaxControlBytes = 125;
constexpr std::size_t kKeptBytes = 2048;  // a message of audio fits; a larger one's memory is given back
constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;

WebSocketEvent fault(std::uint16_t code, std::string_view why) {
  return {.kind = WebSocketEvent::Kind::kFault, .payload = why, .code = code};
}

bool is_known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

// How many bytes a head has by its first two.
std::size_t head_length(std::uint8_t second) {
  const std::uint8_t length = second & 0x7f;
  return 2 + (length == 126 ? 2U : length == 127 ? 8U : 0U) + 4;
}

std::uint64_t load_length(const std::uint8_t* head) {
  const std::uint8_t length = head[1] & 0x7f;
  if (length == 126) return load_be16(head + 2);
  if (length == 127) return (std::uint64_t{load_be32(head + 2)} << 32) | load_be32(head + 6);
  return length;
}

// RFC 6455 7.4: what may stand in a close frame.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void append_head(std::string& out, Opcode opcode, std::size_t size) {
  out.push_back(static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode)));
  std::array<std::uint8_t, 8> length{};
  if (size < 126) {
    out.push_back(static_cast<char>(size));
  } else if (size <= 0xffff) {
    out.push_back(static_cast<char>(126));
    store_be16(length.data(), static_cast<std::uint16_t>(size));
    out += as_text(ByteView(length).first(2));
  } else {
    out.push_back(static_cast<char>(127));
    store_be32(length.data(), static_cast<std::uint32_t>(std::uint64_t{size} >> 32));
    store_be32(length.data() + 4, static_cast<std::uint32_t>(size));
    out += as_text(length);
  }
}

}  // namespace

WebSocketEvent WebSocketReader::next(ByteView& bytes) {
  if (std::exchange(told_, false)) {
    message_.clear();
    if (message_.capacity() > kKeptBytes) std::string().swap(message_);  // an assignment keeps it
  }
  while (true) {
    if (!in_payload_) {
      const std::size_t wanted = head_size_ < 2 ? 2 : head_length(head_[1]);
      const std::size_t taken = std::min(wanted - head_size_, bytes.size());
      std::copy_n(bytes.begin(), taken, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
      bytes = bytes.subspan(taken);
      head_size_ += taken;
      if (head_size_ < wanted) return {};
      const WebSocketEvent wrong = take_head();
      if (wrong.kind != WebSocketEvent::Kind::kNothing) return wrong;
      if (!in_payload_) continue;
    }
    std::string& into = is_control() ? control_ : message_;
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    if (is_control() || skipped_ == 0) {
      const std::size_t from = into.size();
      into.append(as_text(bytes.first(taken)));
      for (std::size_t i = from; i < into.size(); ++i)
        into[i] = static_cast<char>(static_cast<std::uint8_t>(into[i]) ^ mask_[mask_at_++ % 4]);
    }
    bytes = bytes.subspan(taken);
    left_ -= taken;
    if (left_ > 0) return {};
    in_payload_ = false;
    head_size_ = 0;
    const WebSocketEvent complete = end_of_frame();
    if (complete.kind != WebSocketEvent::Kind::kNothing) return complete;
  }
}

// Called with two bytes, which can be judged already, and with all.
WebSocketEvent WebSocketReader::take_head() {
  const std::uint8_t opcode = head_[0] & 0x0f;
  if ((head_[0] & kReserved) != 0) return fault(kCloseProtocolError, "a reserved bit is set");
  if (!is_known(opcode)) return fault(kCloseProtocolError, "an unknown kind of frame");
  // An unmasked frame is how a page is made to write what it wants into a proxy's cache (RFC 6455 10.3).
  if ((head_[1] & kMasked) == 0) return fault(kCloseProtocolError, "a client's frame must be masked");
  opcode_ = static_cast<Opcode>(opcode);
  last_piece_ = (head_[0] & kFinal) != 0;
  const std::uint8_t short_length = head_[1] & 0x7f;
  if (is_control()) {
    if (!last_piece_) return fault(kCloseProtocolError, "a control frame in pieces");
    if (short_length > kMaxControlBytes) return fault(kCloseProtocolError, "a control frame is too long");
  } else {
    const bool begun = message_kind_ != Opcode::kContinuation;
    if (begun != (opcode_ == Opcode::kContinuation))
      return fault(kCloseProtocolError, begun ? "a message within another" : "the rest of no message");
  }
  if (head_size_ < head_length(head_[1])) return {};

  left_ = load_length(head_.data());
  if ((short_length == 126 && left_ < 126) || (short_length == 127 && left_ <= 0xffff))
    return fault(kCloseProtocolError, "a length is written longer than it must be");
  if (!is_control() && !has_room()) return fault(kCloseTooBig, "the message is too large");
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(head_size_) - 4, 4, mask_.begin());
  mask_at_ = 0;
  if (is_control()) {
    control_.clear();
  } else if (opcode_ != Opcode::kContinuation) {
    message_kind_ = opcode_;
  }
  in_payload_ = true;
  return {};
}

// The announced length is only compared: subtracted this way round nothing overflows.
// RETURNS: false: it is more than is taken, or thrown away.
bool WebSocketReader::has_room() {
  const std::size_t had = skipped_ > 0 ? skipped_ : message_.size();
  if (skipped_ == 0 && left_ <= message_limit_ - std::min(message_limit_, had)) return true;
  if (left_ > skip_limit_ - std::min(skip_limit_, had)) return false;
  skipped_ = had + static_cast<std::size_t>(left_);
  std::string().swap(message_);
  return true;
}

WebSocketEvent WebSocketReader::end_of_frame() {
  switch (opcode_) {
    case Opcode::kClose:
      return close_event();
    case Opcode::kPing:
      return {.kind = WebSocketEvent::Kind::kPing, .payload = control_};
    case Opcode::kPong:
      return {.kind = WebSocketEvent::Kind::kPong, .payload = control_};
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
      break;
  }
  return last_piece_ ? end_of_message() : WebSocketEvent{};
}

WebSocketEvent WebSocketReader::end_of_message() {
  const bool is_text = std::exchange(message_kind_, Opcode::kContinuation) == Opcode::kText;
  if (std::exchange(skipped_, 0) > 0) return {.kind = WebSocketEvent::Kind::kTooBig};
  told_ = true;
  if (!is_text) return {.kind = WebSocketEvent::Kind::kBinary, .payload = message_};
  if (!is_utf8(message_)) return fault(kCloseNotUtf8, "a text is not UTF-8");
  return {.kind = WebSocketEvent::Kind::kText, .payload = message_};
}

WebSocketEvent WebSocketReader::close_event() const {
  if (control_.empty()) return {.kind = WebSocketEvent::Kind::kClose, .code = kCloseNoCode};
  if (control_.size() == 1) return fault(kCloseProtocolError, "half a close code");
  const std::uint16_t code = load_be16(as_bytes(control_).data());
  const std::string_view reason = std::string_view(control_).substr(2);
  if (!may_be_sent(code)) return fault(kCloseProtocolError, "no such close code");
  if (!is_utf8(reason)) return fault(kCloseNotUtf8, "a close reason is not UTF-8");
  return {.kind = WebSocketEvent::Kind::kClose, .payload = reason, .code = code};
}

void append_frame(std::string& out, Opcode opcode, ByteView head, ByteView tail) {
  append_head(out, opcode, head.size() + tail.size());
  out += as_text(head);
  out += as_text(tail);
}

std::size_t frame_size(std::size_t payload_bytes) {
  return payload_bytes + (payload_bytes < 126 ? 2U : payload_bytes <= 0xffff ? 4U : 10U);
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
  if (code == kCloseNoCode) return append_frame(out, Opcode::kClose, {});
  if (reason.size() > kMaxControlBytes - 2) {
    std::size_t length = kMaxControlBytes - 2;
    while (length > 0 && (static_cast<std::uint8_t>(reason[length]) & 0xc0) == 0x80) --length;
    reason = reason.substr(0, length);
  }
  std::array<std::uint8_t, 2> number{};
  store_be16(number.data(), code);
  append_frame(out, Opcode::kClose, number, as_bytes(reason));
}

}  // namespace earshot::http
