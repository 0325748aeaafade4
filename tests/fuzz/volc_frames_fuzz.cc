// A frame from a stranger: read, and when it is one, written and read once more.
#include <cstdint>

#include "common/base/check.h"
#include "worker/providers/net/volc_frames.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxBytes = 64 * 1024;
  const auto frame = decode_volc({data, size}, kMaxBytes);
  if (!frame) return 0;
  EARSHOT_CHECK(frame->payload.size() <= kMaxBytes, "the limit is kept");
  const auto again = decode_volc(encode_volc(*frame, true), kMaxBytes);
  EARSHOT_CHECK(again.ok() && again->payload == frame->payload && again->sequence == frame->sequence &&
                    again->event == frame->event && again->id == frame->id,
                "what was read is written the same");
  return 0;
}
