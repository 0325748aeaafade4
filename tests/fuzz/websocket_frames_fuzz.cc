// What a stranger sends on a WebSocket: the frames, fed in pieces, and the sound in them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/base/bytes.h"
#include "common/http/websocket_frames.h"
#include "gateway/doors/websocket/binary_frame.h"

namespace {

using namespace earshot;

void read_sound(ByteView bytes) {
  using gateway::FrameForm;
  for (const FrameForm form :
       {FrameForm::kPlain, FrameForm::kTimed, FrameForm::kShort, FrameForm::kGateway}) {
    const auto frame = gateway::parse_up_frame(form, bytes);
    if (frame && frame->payload.size() > bytes.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMessage = 1024;
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  http::WebSocketReader reader(kMessage);
  ByteView all(data + 1, size - 1);
  while (!all.empty()) {
    ByteView bytes = all.first(std::min(piece, all.size()));
    all = all.subspan(bytes.size());
    while (true) {
      const http::WebSocketEvent event = reader.next(bytes);
      if (event.payload.size() > kMessage) std::abort();
      if (event.kind == http::WebSocketEvent::Kind::kNothing) break;
      if (event.kind == http::WebSocketEvent::Kind::kBinary) read_sound(as_bytes(event.payload));
      if (event.kind >= http::WebSocketEvent::Kind::kClose) return 0;
    }
    if (!bytes.empty()) std::abort();
  }
  read_sound(ByteView(data, size));
  return 0;
}
