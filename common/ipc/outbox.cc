#include "common/ipc/outbox.h"

#include "common/base/check.h"
#include "common/ipc/framing.h"

namespace earshot::ipc {

std::span<std::uint8_t> Outbox::Queue::add(std::uint64_t order, std::size_t body_bytes,
                                           std::uint32_t session) {
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
  entries.push_back(
      {.order = order, .size = static_cast<std::uint32_t>(kLengthBytes + body_bytes), .session = session});
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

std::span<std::uint8_t> Outbox::add_control(std::size_t body_bytes, ControlClass kind,
                                            std::uint32_t session) {
  const std::size_t record_bytes = kLengthBytes + body_bytes;
  if (!has_room(record_bytes, kind, session)) return {};
  if (session != 0) {
    std::size_t* const known = waiting_.find(Ssrc{session});
    (known == nullptr ? waiting_.emplace(Ssrc{session}, 0) : *known) += record_bytes;
  }
  return control_.add(next_order_++, body_bytes, session);
}

std::span<std::uint8_t> Outbox::add_audio(std::size_t body_bytes) {
  EARSHOT_CHECK(kLengthBytes + body_bytes <= limits_.audio_bytes,
                "an audio record larger than the whole queue");
  while (audio_.size() + kLengthBytes + body_bytes > limits_.audio_bytes) {
    audio_.pop();
    ++audio_dropped_;
  }
  return audio_.add(next_order_++, body_bytes, 0);
}

std::size_t Outbox::take(Bytes& batch, std::size_t enough_bytes) {
  std::size_t moved = 0;
  while (!empty() && batch.size() < enough_bytes) {
    const bool control_first =
        audio_.empty() || (!control_.empty() && control_.front().order < audio_.front().order);
    Queue& from = control_first ? control_ : audio_;
    const ByteView record = ByteView(from.bytes).subspan(from.head, from.front().size);
    batch.insert(batch.end(), record.begin(), record.end());
    if (control_first) forget(from.front().session, from.front().size);
    from.pop();
    ++moved;
  }
  return moved;
}

std::size_t Outbox::control_bytes_of(std::uint32_t session) const {
  const std::size_t* const found = waiting_.find(Ssrc{session});
  return found == nullptr ? 0 : *found;
}

bool Outbox::has_room(std::size_t record_bytes, ControlClass kind, std::uint32_t session) const {
  const std::size_t all = control_.size() + record_bytes;
  const std::size_t own = control_bytes_of(session) + record_bytes;
  switch (kind) {
    case ControlClass::kOptional:
      return own <= limits_.session_bytes && all <= limits_.control_bytes / 2;
    case ControlClass::kSession:
      return own <= limits_.session_bytes / 4 * 5 && all <= limits_.control_bytes / 8 * 7;
    case ControlClass::kLink:
      return all <= limits_.control_bytes;
  }
  return false;
}

void Outbox::forget(std::uint32_t session, std::size_t record_bytes) {
  if (session == 0) return;
  std::size_t& own = *waiting_.find(Ssrc{session});
  own -= record_bytes;
  if (own == 0) waiting_.erase(Ssrc{session});
}

}  // namespace earshot::ipc
