// A bounded, ordered stream of Envelopes over one connection (Unix, TCP, TLS): the driver around
// framing.h and outbox.h. Each record is a big-endian u32 length and a protobuf
// Envelope; docs/protocol_ipc.md.
//
// Runs on: the socket's executor (one thread), all methods and all handlers. Never calls a handler from
// inside a method.
// Owns: the connection, the outbox. Kept alive by its pending operations; close() drops the handlers.
// Lifecycle: made -> start() -> open -> close() or on_closed, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/ipc/audio_record.h"
#include "common/ipc/connection.h"
#include "common/ipc/framing.h"
#include "common/ipc/outbox.h"
#include "ipc.pb.h"

namespace earshot::ipc {

struct ChannelLimits {
  std::size_t outbox_bytes = 4 * 1024 * 1024;  // control; outbox.h tells who finds no room when
  // Of one session's control: a tool's largest answer four times. Its reader takes that in a millisecond.
  std::size_t outbox_session_bytes = 256 * 1024;
  std::size_t outbox_audio_bytes = 1024 * 1024;  // audio beyond this drops the oldest audio
};

struct ChannelStats {  // written on the executor
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
  std::uint64_t audio_dropped = 0;     // outbox full: oldest audio left out
  std::uint64_t control_left_out = 0;  // no room for what may be missed
  std::uint64_t session_overflow = 0;  // no room for what a session cannot miss
  std::uint64_t malformed = 0;         // records that are not an Envelope; they are counted and skipped
  std::uint64_t unknown_body = 0;      // Envelopes of a newer version: counted and ignored
  std::uint64_t oversized_out = 0;  // Envelopes over kMaxRecordBytes: not sent, the peer would close the link
};

class Channel : public std::enable_shared_from_this<Channel> {
  struct Passkey {};

 public:
  using Socket = Connection::Socket;
  struct Handlers {
    std::function<void(const Envelope&)> on_envelope;  // the Envelope is reused: valid during the call only
    // The peer closed (kUnavailable), broke the framing (kTooLarge), refused our certificate or broke TLS
    // (kInvalid), or there was no room for a record of ControlClass::kLink (kTooLarge).
    std::function<void(const Error&)> on_closed;
    // When given, records of audio alone come here instead, read where they lie: valid during the call only.
    std::function<void(const AudioDownView&)> on_audio_down = {};
  };
  static std::shared_ptr<Channel> create(Connection connection, ChannelLimits limits = {});
  Channel(Passkey, Connection connection, ChannelLimits limits);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void start(Handlers handlers);
  // Queued records of one executor round leave in one write. Sending on a closed channel is a no-op.
  // RETURNS: false: there was no room for it and it was left out; for what that means see its ControlClass.
  bool offer(const Envelope& control);
  // The same for who has nothing to do about it: records of ControlClass::kLink need no answer.
  void send(const Envelope& control) { offer(control); }
  void send_audio(const Envelope& audio);
  // Calls `then` once, from a handler of its own, as soon as less than `bytes` wait: for an owner that has much
  // to send and wants to take nobody's room. The last call counts; close() drops it.
  void when_below(std::size_t bytes, std::function<void()> then);
  // For an owner that works in rounds of its own: from now on records wait for flush(), which is one write, or
  // until a good deal waits: a round in which much is said must not fill the outbox of a peer that reads.
  void hold_writes() { held_ = true; }
  void flush();
  // After the queued records were written (or one second passed) the socket is closed;
  // no handler is called any more.
  void close();

  bool is_open() const { return state_ == State::kOpen; }
  const ChannelStats& stats() const { return stats_; }
  std::size_t queued_bytes() const { return outbox_.bytes() + writing_.size(); }

 private:
  enum class State {
    kMade,
    kOpen,
    kFailing,   // on_closed is on its way
    kDraining,  // close() was called, the last records leave
    kClosed,
  };

  struct Waiter {
    std::size_t bytes = 0;
    std::function<void()> then;
  };

  void queued();
  void tell_waiter();
  void read_more();
  void on_read(error_code failure, std::size_t count);
  // What `bytes` hold of the peer's TLS, into the reader. False: the link has failed.
  bool decrypt(ByteView bytes);
  bool take_records();
  void schedule_write();
  void write_batch();
  void write_rest(std::size_t written);
  void on_written(error_code failure);
  void fail(Error error);
  void shut();

  // The next batch as the socket is to have it.
  asio::const_buffer encrypted_batch(error_code& failure);

  Socket socket_;
  std::unique_ptr<tls::TlsSession> tls_;  // null: what is said is sent as it is
  Bytes encrypted_;                       // just read
  std::string sending_;                   // encrypted
  asio::steady_timer drain_timer_;
  Outbox outbox_;
  RecordReader reader_;
  Envelope incoming_;  // reused: a fresh message costs twice as much per audio frame
  Bytes writing_;
  Waiter waiter_;
  bool held_ = false;
  bool write_pending_ = false;  // a round is posted or a write is under way
  State state_ = State::kMade;
  Handlers handlers_;
  ChannelStats stats_;
};

}  // namespace earshot::ipc
