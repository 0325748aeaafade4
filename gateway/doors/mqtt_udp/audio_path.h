// The UDP audio of one session, both directions: cipher, replay window, peer address, downlink counters.
//
// Runs on: the shard's thread.
// Owns: all of these.
// Borrows: counters and scratch, which outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "gateway/doors/mqtt_udp/leg_remains.h"
#include "gateway/doors/mqtt_udp/packet_scratch.h"
#include "gateway/doors/mqtt_udp/peer_address.h"
#include "gateway/doors/mqtt_udp/replay_window.h"
#include "gateway/doors/mqtt_udp/uplink_loss.h"
#include "gateway/live/session/session_events.h"

namespace earshot::gateway {

class AudioPath {
 public:
  // Frame durations: of what the device sends, and of what we send.
  AudioPath(SessionCounters& counters, PacketScratch& scratch, Ssrc ssrc, const AudioKey& key,
            Milliseconds uplink, Milliseconds downlink, SteadyTime now);

  // Goes on where another gateway was, the hello being so long ago. Before anything is opened or sealed.
  void go_on_from(const LegRemains& before, Milliseconds age, SteadyTime now);
  // What the next gateway needs, but for the key.
  std::uint32_t uplink_sequence() const { return replay_.highest(); }
  std::uint32_t downlink_sequence() const { return sequence_; }

  // Decrypts a datagram of this session, judges it, and learns from it where the device is.
  // `expected_since`: since when the device is to send; nullopt while it is silent by protocol.
  // RETURNS: the Opus packet, which lives until the scratch is used again;
  // nullopt if it is not to be heard (counted).
  std::optional<ByteView> open(const AudioPacket& packet, UdpAddress from,
                               std::optional<SteadyTime> expected_since, SteadyTime now);

  // The next downlink datagram; lives until the scratch is used again.
  // RETURNS: nullopt when the counters are used up (49 days of speech):
  // another datagram would use keystream twice.
  // REQUIRES: at most kMaxOpusBytes.
  std::optional<ByteView> seal(ByteView opus);

  // What the device is given with the next frame.
  std::uint32_t next_timestamp() const { return timestamp_ms_ + downlink_ms_; }

  std::optional<UdpAddress> peer() const { return peer_.current(); }
  // Whether much of what the device sends does not come.
  bool loses_much() const { return loss_.heavy(); }

 private:
  // RETURNS: whether this address is the device's, as far as we know.
  bool is_peer(UdpAddress from, std::uint32_t sequence, Content content,
               std::optional<SteadyTime> expected_since, SteadyTime now);

  SessionCounters& counters_;
  PacketScratch& scratch_;
  Ssrc ssrc_;
  Microseconds announced_duration_;
  Milliseconds uplink_;
  Microseconds usual_duration_;  // of what the device sends; some do not keep to what they announce
  std::uint32_t downlink_ms_;
  AudioCipher cipher_;
  ReplayWindow replay_;
  PeerAddress peer_;
  UplinkLoss loss_;
  std::uint32_t sequence_ = 0;  // of the last datagram sent; the device takes none below 1 (4.3)
  std::uint32_t timestamp_ms_ = 0;
};

}  // namespace earshot::gateway
