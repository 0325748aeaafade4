// A bounded, ordered stream of Envelopes over one connected stream socket (Unix or TCP): the driver around
// framing.h. Each record is a big-endian u32 length and a protobuf Envelope; docs/protocol_ipc.md.
//
// Runs on: the socket's executor, all methods and all handlers. Never calls a handler from inside send().
// Owns: the socket, the outbox. Kept alive by its pending operations; close() drops the handlers.
// Lifecycle: made -> start() -> open -> close() or on_closed, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "ipc.pb.h"

namespace earshot::ipc {

// Both ends check before memory is taken: the largest legal record is a tools/list page (about 8 kB,
// device-protocol 8.2) or a long text; 256 KiB leaves room and bounds a hostile peer.
inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;

struct ChannelLimits {
  std::size_t outbox_bytes = 4 * 1024 * 1024;    // control beyond this closes the channel
  std::size_t outbox_audio_bytes = 1024 * 1024;  // audio beyond this drops the oldest audio
};

struct ChannelStats {  // written on the executor
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
  std::uint64_t audio_dropped = 0;  // outbox full: oldest audio left out
  std::uint64_t malformed = 0;      // records that are not an Envelope; they are counted and skipped
  std::uint64_t unknown_body = 0;   // Envelopes of a newer version: counted and ignored
};

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  using Socket = asio::generic::stream_protocol::socket;
  struct Handlers {
    std::function<void(const Envelope&)> on_envelope;  // the Envelope is reused: valid during the call only
    std::function<void(const Error&)>
        on_closed;  // the peer closed, broke the framing, or the outbox overflowed
  };
  static std::shared_ptr<Channel> create(Socket socket, ChannelLimits limits = {});

  void start(Handlers handlers);
  // Queued records of one executor round leave in one write. Sending on a closed channel is a no-op.
  void send(const Envelope& control);
  void send_audio(const Envelope& audio);
  // After the queued records were written (or one second passed) the socket is closed; no handler is called
  // any more.
  void close();

  bool is_open() const;
  const ChannelStats& stats() const;
  std::size_t queued_bytes() const;

 protected:
  Channel() = default;
};

}  // namespace earshot::ipc
