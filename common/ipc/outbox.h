// The records that wait for the socket, in the order they were added. Control is never left out: when it does
// not fit, the caller closes the channel. Audio makes room by leaving out the oldest audio: late sound is
// worth nothing. Pure; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bytes.h"

namespace earshot::ipc {

struct OutboxLimits {
  std::size_t control_bytes;
  std::size_t audio_bytes;
};

class Outbox {
 public:
  explicit Outbox(OutboxLimits limits) : limits_(limits) {}

  // Room for one record's body of `body_bytes`, to be filled at once; the length prefix is already written.
  // An empty span with a null pointer means: no room, the channel must close.
  std::span<std::uint8_t> add_control(std::size_t body_bytes);
  // REQUIRES: body_bytes + kLengthBytes <= limits.audio_bytes. Drops the oldest audio as needed.
  std::span<std::uint8_t> add_audio(std::size_t body_bytes);
  // Appends whole records to `batch` until it holds `enough_bytes` or nothing is left.
  // RETURNS: records moved.
  std::size_t take(Bytes& batch, std::size_t enough_bytes);

  bool empty() const { return control_.empty() && audio_.empty(); }
  std::size_t bytes() const { return control_.size() + audio_.size(); }
  std::uint64_t audio_dropped() const { return audio_dropped_; }

 private:
  struct Entry {
    std::uint64_t order;
    std::size_t size;  // prefix included
  };
  struct Queue {
    Bytes bytes;  // [head, end) is live
    std::size_t head = 0;
    // [first, end) is live; both keep their memory, so a frame costs no allocation.
    std::vector<Entry> entries;
    std::size_t first = 0;

    bool empty() const { return first == entries.size(); }
    const Entry& front() const { return entries[first]; }
    std::size_t size() const { return bytes.size() - head; }
    std::span<std::uint8_t> add(std::uint64_t order, std::size_t body_bytes);
    void pop();
  };

  OutboxLimits limits_;
  Queue control_;
  Queue audio_;
  std::uint64_t next_order_ = 0;
  std::uint64_t audio_dropped_ = 0;
};

}  // namespace earshot::ipc
