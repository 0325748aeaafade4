// Puts a session's uplink packets back into order and says where some are lost. Pure.
//
// Runs on: its owner's thread.
// Owns: the packets that came too early, at most kMaxHeld of them and for kPatience at most; in-order packets
// pass at once, so order costs no delay until something is missing.
//
// The sequence counts sent packets: what the device threw away itself does not show here (trap 24).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot::worker {

struct UplinkPacket {
  std::uint32_t sequence = 0;
  Bytes opus;
  std::uint32_t timestamp =
      0;              // of the downlink frame that the device has just played; 0: none, or it does not say
  bool lost = false;  // stands for one packet that did not come: conceal it
};

class UplinkOrder {
 public:
  // A packet that has not come so long after one behind it is lost, not late: two packets of 60 ms, six of 20.
  static constexpr Milliseconds kPatience{120};
  static constexpr std::size_t kMaxHeld = 16;    // whatever the clock says
  static constexpr std::uint32_t kMaxLost = 10;  // concealed at most at one place; more is silence anyway

  // RETURNS: what is next in order, lost ones included; empty while waiting for an earlier packet.
  std::vector<UplinkPacket> push(UplinkPacket packet, SteadyTime arrival);
  // RETURNS: what has waited long enough; nothing before deadline(). For a device that falls silent behind a
  // loss: no further packet brings the time.
  std::vector<UplinkPacket> expire(SteadyTime now);
  std::optional<SteadyTime> deadline() const;  // nullopt: nothing waits
  std::vector<UplinkPacket> flush();           // the rest, without waiting any more
  void restart();                              // the next packet is the first one again, whatever its number

  std::uint64_t late() const { return late_; }  // came after their place had passed, or twice
  std::uint64_t lost() const { return lost_; }

 private:
  struct Held {
    UplinkPacket packet;
    SteadyTime arrival;
  };

  void release(std::vector<UplinkPacket>& out);
  void skip_gap(std::vector<UplinkPacket>& out);

  bool started_ = false;
  std::uint32_t next_ = 0;
  std::map<std::uint32_t, Held> held_;
  std::uint64_t late_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace earshot::worker
