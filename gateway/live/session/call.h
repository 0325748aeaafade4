// A conversation that a door holds with a worker itself: whoever calls is no device. There is no playout here (the
// caller has a buffer of its own), no line, and nothing that a device's session guards.
//
// Runs on: the shard's thread, both interfaces.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/ipc/audio_record.h"
#include "ipc.pb.h"

namespace earshot::gateway {

// What reaches a call. May begin, use and end itself from inside.
class Call {
 public:
  virtual ~Call() = default;
  virtual void placed(SteadyTime now) = 0;    // a worker took it
  virtual void given_up(SteadyTime now) = 0;  // no worker would; it is over
  virtual void lost(SteadyTime now) = 0;      // its worker is gone, or did not keep up; it is over
  // These live during the call only.
  virtual void envelope(const ipc::Envelope& envelope, SteadyTime now) = 0;
  virtual void audio(const ipc::AudioDownView& audio, SteadyTime now) = 0;
  virtual void tick(SteadyTime now) = 0;
  virtual std::optional<SteadyTime> next_deadline() const = 0;
};

// Who holds calls: a connection that lives on the shard's thread.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual void hang_up(std::string_view reason) = 0;
};

// What a shard does for calls.
class CallHost {
 public:
  virtual ~CallHost() = default;
  // placed() or given_up() follows, never from inside. The call outlives it, or ends it.
  // RETURNS: nullopt: there are too many.
  virtual std::optional<Ssrc> begin_call(Call& call, const ipc::SessionOpen& open, SteadyTime now) = 0;
  // To its worker, when it has one. The session is filled in.
  virtual void call_says(Ssrc ssrc, ipc::Envelope& envelope) = 0;
  virtual void call_sends_audio(Ssrc ssrc, ipc::Envelope& audio) = 0;
  // After each input that did not come through the host: its deadline may be another one.
  virtual void call_touched(Ssrc ssrc) = 0;
  virtual void end_call(Ssrc ssrc, std::string_view reason) = 0;
  // Kept until it has left, or hung up when the shard ends. A caller that leaves from inside its own call keeps itself alive.
  // RETURNS: false: the shard has ended.
  virtual bool caller_came(std::shared_ptr<Caller> caller) = 0;
  virtual void caller_left(const Caller& caller) = 0;
};

}  // namespace earshot::gateway
