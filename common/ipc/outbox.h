// The records that wait for the socket, in the order they were added. Control that was taken is never left
// out; what is not taken, and what that means, depends on its class (control_class.h). Audio makes room by
// leaving out the oldest audio: late sound is worth nothing. Pure; one owner.
//
// Control is bounded by session and as a whole. The more a record may be missed, the earlier it finds no room:
//   kOptional  session_bytes of its session, half of control_bytes
//   kSession   a quarter more of its session, seven eighths of control_bytes
//   kLink      control_bytes
// So no number of sessions, whatever they send, takes the room of the link's own records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/ssrc_map.h"
#include "common/ipc/control_class.h"

namespace earshot::ipc {

struct OutboxLimits {
  std::size_t control_bytes;
  std::size_t session_bytes;
  std::size_t audio_bytes;
};

class Outbox {
 public:
  explicit Outbox(OutboxLimits limits) : limits_(limits) {}

  // Room for one record's body of `body_bytes`, to be filled at once; the length prefix is already written.
  // `session`: 0 for the link itself. An empty span with a null pointer means: no room.
  std::span<std::uint8_t> add_control(std::size_t body_bytes, ControlClass kind, std::uint32_t session);
  // REQUIRES: body_bytes + kLengthBytes <= limits.audio_bytes. Drops the oldest audio as needed.
  std::span<std::uint8_t> add_audio(std::size_t body_bytes);
  // Appends whole records to `batch` until it holds `enough_bytes` or nothing is left.
  // RETURNS: records moved.
  std::size_t take(Bytes& batch, std::size_t enough_bytes);

  bool empty() const { return control_.empty() && audio_.empty(); }
  std::size_t bytes() const { return control_.size() + audio_.size(); }
  std::size_t control_bytes() const { return control_.size(); }
  std::size_t control_bytes_of(std::uint32_t session) const;
  std::uint64_t audio_dropped() const { return audio_dropped_; }

 private:
  struct Entry {
    std::uint64_t order;
    std::uint32_t size;     // prefix included
    std::uint32_t session;  // of control; else 0
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
    std::span<std::uint8_t> add(std::uint64_t order, std::size_t body_bytes, std::uint32_t session);
    void pop();
  };

  bool has_room(std::size_t record_bytes, ControlClass kind, std::uint32_t session) const;
  void forget(std::uint32_t session, std::size_t record_bytes);

  OutboxLimits limits_;
  Queue control_;
  Queue audio_;
  SsrcMap<std::size_t> waiting_;  // bytes of control by session; those that have some
  std::uint64_t next_order_ = 0;
  std::uint64_t audio_dropped_ = 0;
};

}  // namespace earshot::ipc
