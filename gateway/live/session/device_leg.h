// The device's end of a session; each door has its own. The session decides what the device shall hear and see,
// and when; the leg knows how it is said on its wire, and where the device is.
//
// Runs on: the shard's thread. Owned by the session; called by nobody else but its door.
// An implementation must not call back into the session from inside these methods.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot::gateway {

// What a device is told besides sound; its tools are its line's (device_line.h). The texts live during the call only, and may be of any length: a leg
// makes them valid and short enough for its device.
struct Transcript {  // what was understood of the user
  std::string_view text;
};
struct Face {
  std::string_view emotion;
  std::string_view text;
};
struct Alert {
  std::string_view status;
  std::string_view message;
  std::string_view emotion;
};
struct TurnBegan {};  // the device speaks from here
struct SentenceBegan {
  std::string_view text;
};
struct TurnEnded {};  // and listens from here; may come without a TurnBegan
using Notice = std::variant<Transcript, Face, Alert, TurnBegan, SentenceBegan, TurnEnded>;

struct SessionTerms {
  std::uint32_t sample_rate_hz = 24000;  // of what the device will be sent: mono Opus
  Milliseconds frame_duration{60};       // of each packet
};

enum class FrameVerdict {
  kSent,
  kNobodyThere,  // no address is known yet, or the device does not take more
  kUsedUp,       // the leg can send no further frame in this session
};

class DeviceLeg {
 public:
  virtual ~DeviceLeg() = default;

  // Once: a worker took the session, the device's hello is answered. Nothing else is sent before it, but refuse().
  virtual void accept(const SessionTerms& terms) = 0;
  // Instead of accept(): no worker would.
  virtual void refuse() = 0;
  virtual void tell(const Notice& notice) = 0;
  // One Opus packet, to be played behind the one before. Not paced here.
  virtual FrameVerdict play(ByteView opus) = 0;
  // The session ends, and the device is to know. Nothing is sent after it.
  virtual void part(std::string_view reason) = 0;

  // A device that listens sends all the time on this wire, and nothing else tells when it is gone.
  virtual bool is_gone_when_silent() const { return false; }
  // Whether sound would reach it now.
  virtual bool reachable() const = 0;
  // What the device will say with the echo of the next frame; 0 on wires without such a time.
  virtual std::uint32_t next_timestamp() const = 0;
};

}  // namespace earshot::gateway
