// However a stream is cut into pieces, the same events come out of it, and none is larger than its bound.
#include "common/http/event_stream.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::http;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto into = [](std::string& seen) {
    return [&seen](const StreamEvent& event) {
      if (event.data.size() > EventStreamReader::kMaxDataBytes) std::abort();
      seen += event.id + '\x01' + event.kind + '\x02' + event.data + '\x03';
    };
  };
  std::string whole;
  EventStreamReader at_once;
  at_once.feed(text, into(whole));
  std::string pieces;
  EventStreamReader bit_by_bit;
  const std::size_t step = 1 + data[0] % 7;
  for (std::size_t at = 0; at < size; at += step) bit_by_bit.feed(text.substr(at, step), into(pieces));
  if (whole != pieces) std::abort();
  return 0;
}
