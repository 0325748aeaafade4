// The frames of a WebSocket as its server sees them (RFC 6455 5): reads a client's, writes ours. Pure.
//
// The reader joins the pieces of a message, and says what a peer did wrong with the close code for it.
// Bounded: a message by the limit given, a control frame by 125 bytes (RFC 6455 5.5). Memory grows with the
// bytes that came, never with the length that a frame announces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace earshot::http {

// RFC 6455 7.4.1
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseNoCode = 1005;    // never on the wire: the peer's close frame had none
inline constexpr std::uint16_t kCloseAbnormal = 1006;  // never on the wire: the connection broke
inline constexpr std::uint16_t kCloseNotUtf8 = 1007;
inline constexpr std::uint16_t kClosePolicy = 1008;
inline constexpr std::uint16_t kCloseTooBig = 1009;

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

struct WebSocketEvent {
  enum class Kind {
    kNothing,  // more bytes are needed
    kText,
    kBinary,
    kPing,
    kPong,
    kTooBig,  // a message beyond message_bytes was thrown away as it came; the next one is as good as ever
    kClose,   // `code` and payload (the reason) as the peer sent them; kCloseNoCode when it sent none
    kFault,   // `code` and payload say what is wrong; what still comes means nothing any more
  };
  Kind kind = Kind::kNothing;
  std::string_view payload = {};  // until the next call
  std::uint16_t code = 0;
};

class WebSocketReader {
 public:
  // A message beyond `message_bytes` takes no memory: up to `skip_bytes` it is kTooBig, beyond them a kFault.
  explicit WebSocketReader(std::size_t message_bytes, std::size_t skip_bytes = 0)
      : message_limit_(message_bytes), skip_limit_(skip_bytes) {}

  // Takes bytes from the front of `bytes` until something is complete. Call it until it says kNothing, which
  // has taken all; no more after kClose or kFault.
  WebSocketEvent next(ByteView& bytes);

  // For tests of what an idle connection keeps.
  std::size_t kept_bytes() const { return message_.capacity(); }

 private:
  WebSocketEvent take_head();
  bool has_room();
  WebSocketEvent end_of_frame();
  WebSocketEvent end_of_message();
  WebSocketEvent close_event() const;
  bool is_control() const { return opcode_ >= Opcode::kClose; }

  std::size_t message_limit_;
  std::size_t skip_limit_;

  std::array<std::uint8_t, 14> head_{};  // 2, then 0, 2 or 8 of length, then the mask's 4
  std::size_t head_size_ = 0;
  bool in_payload_ = false;

  // Of the frame at hand, when in_payload_.
  bool last_piece_ = false;
  Opcode opcode_ = Opcode::kText;
  std::array<std::uint8_t, 4> mask_{};
  std::size_t mask_at_ = 0;
  std::uint64_t left_ = 0;

  Opcode message_kind_ = Opcode::kContinuation;  // kText or kBinary while pieces of a message come
  std::size_t skipped_ = 0;                      // bytes of a message that is thrown away; 0: it is kept
  bool told_ = false;                            // message_ was handed out: the next call may reuse it
  std::string message_;
  std::string control_;
};

// Appends one whole frame of ours, unmasked, with head + tail as its payload.
void append_frame(std::string& out, Opcode opcode, ByteView head, ByteView tail = {});
// What append_frame() appends for a payload of that size.
std::size_t frame_size(std::size_t payload_bytes);
// The reason is cut to what fits in a control frame, between two characters. kCloseNoCode: an empty one.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

}  // namespace earshot::http
