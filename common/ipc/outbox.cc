#include "common/ipc/outbox.h"

#include "common/base/check.h"
#include "common/ipc/framing.h"

namespace earshot::ipc {

std::span<std::uint8_t> Outbox::Queue::add(std::uint64_t order, std::size_t body_bytes) {
  // The dead front is given back once it is the larger half: each byte is moved at most once on average.
  if (head > 0 && head >= bytes.size() - head) {
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head));
    head = 0;
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(first));
    first = 0;
  }
  const std::size_t at = bytes.size();
  bytes.resize(at + kLengthBytes + body_bytes);
  store_be32(bytes.data() + at, static_cast<std::uint32_t>(body_bytes));
  entries.push_back({.order = order, .size = kLengthBytes + body_bytes});
  return std::span(bytes).subspan(at + kLengthBytes);
}

void Outbox::Queue::pop() {
  head += front().size;
  ++first;
  if (empty()) {
    bytes.clear();
    head = 0;
    entries.clear();
    first = 0;
  }
}

std::span<std::uint8_t> Outbox::add_control(std::size_t body_bytes) {
  if (control_.size() + kLengthBytes + body_bytes > limits_.control_bytes) return {};
  return control_.add(next_order_++, body_bytes);
}

std::span<std::uint8_t> Outbox::add_audio(std::size_t body_bytes) {
  EARSHOT_CHECK(kLengthBytes + body_bytes <= limits_.audio_bytes,
                "an audio record larger than the whole queue");
  while (audio_.size() + kLengthBytes + body_bytes > limits_.audio_bytes) {
    audio_.pop();
    ++audio_dropped_;
  }
  return audio_.add(next_order_++, body_bytes);
}

std::size_t Outbox::take(Bytes& batch, std::size_t enough_bytes) {
  std::size_t moved = 0;
  while (!empty() && batch.size() < enough_bytes) {
    const bool control_first =
        audio_.empty() || (!control_.empty() && control_.front().order < audio_.front().order);
    Queue& from = control_first ? control_ : audio_;
    const ByteView record = ByteView(from.bytes).subspan(from.head, from.front().size);
    batch.insert(batch.end(), record.begin(), record.end());
    from.pop();
    ++moved;
  }
  return moved;
}

}  // namespace earshot::ipc
