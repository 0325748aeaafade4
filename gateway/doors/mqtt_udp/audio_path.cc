#include "gateway/doors/mqtt_udp/audio_path.h"

#include <algorithm>
#include <limits>

#include "common/base/check.h"
#include "common/base/unreachable.h"
#include "gateway/media/opus_packet.h"

namespace earshot::gateway {

namespace {

// REQUIRES: not kFresh.
SessionEvent event_of(ReplayVerdict verdict) {
  switch (verdict) {
    case ReplayVerdict::kZero:
    case ReplayVerdict::kTooOld:
      return SessionEvent::kDatagramTooOld;
    case ReplayVerdict::kDuplicate:
      return SessionEvent::kDatagramDuplicate;
    case ReplayVerdict::kUnconfirmed:
      return SessionEvent::kDatagramUnconfirmedJump;
    case ReplayVerdict::kImplausible:
      return SessionEvent::kDatagramImplausibleSequence;
    case ReplayVerdict::kFresh:
      break;
  }
  unreachable("a fresh sequence is no event");
}

}  // namespace

AudioPath::AudioPath(SessionCounters& counters, SessionMemory::Scratch& scratch, Ssrc ssrc,
                     const AudioKey& key, Milliseconds uplink, Milliseconds downlink, SteadyTime now)
    : counters_(counters),
      scratch_(scratch),
      ssrc_(ssrc),
      uplink_duration_(uplink),
      downlink_ms_(static_cast<std::uint32_t>(downlink.count())),
      cipher_(key),
      replay_(now, uplink) {}

std::optional<ByteView> AudioPath::open(const AudioPacket& packet, UdpAddress from, SteadyTime now) {
  const auto opus = std::span(scratch_.plain).first(packet.payload.size());
  cipher_.apply(packet.header_bytes, packet.payload, opus);
  const auto info = inspect_opus_packet(opus);
  if (!info) {
    counters_.add(SessionEvent::kDatagramNotOpus);
    return std::nullopt;
  }
  const bool newest = packet.header.sequence > replay_.highest();
  if (const auto verdict = replay_.take(packet.header.sequence, now); verdict != ReplayVerdict::kFresh) {
    counters_.add(event_of(verdict));
    return std::nullopt;
  }
  const PeerEvidence evidence{.newest = newest, .informative = info->duration == uplink_duration_};
  switch (peer_.observe(from, evidence, now)) {
    case PeerVerdict::kKnown:
    case PeerVerdict::kLearned:
      break;
    case PeerVerdict::kCandidate:
      counters_.add(SessionEvent::kPeerCandidate);
      break;
    case PeerVerdict::kChanged:
      counters_.add(SessionEvent::kPeerChanged);
      break;
  }
  return opus;
}

std::optional<ByteView> AudioPath::seal(ByteView opus) {
  EARSHOT_CHECK(opus.size() <= kMaxOpusBytes, "the session refuses longer packets");
  // A timestamp of its own for each frame keeps the counter blocks of all frames apart (4.6).
  if (timestamp_ms_ > std::numeric_limits<std::uint32_t>::max() - downlink_ms_) return std::nullopt;
  timestamp_ms_ += downlink_ms_;
  ++sequence_;
  const auto header = build_audio_header({.flags = kDownlinkFlag,
                                          .payload_bytes = static_cast<std::uint16_t>(opus.size()),
                                          .ssrc = ssrc_,
                                          .timestamp = timestamp_ms_,
                                          .sequence = sequence_});
  std::copy(header.begin(), header.end(), scratch_.datagram.begin());
  cipher_.apply(header, opus, std::span(scratch_.datagram).subspan(kAudioHeaderBytes, opus.size()));
  return ByteView(scratch_.datagram).first(kAudioHeaderBytes + opus.size());
}

}  // namespace earshot::gateway
