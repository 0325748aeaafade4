#include "gateway/doors/mqtt_udp/audio_path.h"

#include <algorithm>
#include <limits>

#include "common/audio/opus_packet.h"
#include "common/base/check.h"
#include "common/base/unreachable.h"

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

AudioPath::AudioPath(SessionCounters& counters, PacketScratch& scratch, Ssrc ssrc, const AudioKey& key,
                     Milliseconds uplink, Milliseconds downlink, SteadyTime now)
    : counters_(counters),
      scratch_(scratch),
      ssrc_(ssrc),
      announced_duration_(uplink),
      uplink_(uplink),
      usual_duration_(uplink),
      downlink_ms_(static_cast<std::uint32_t>(downlink.count())),
      cipher_(key),
      replay_(now, uplink) {}

void AudioPath::go_on_from(const LegRemains& before, Milliseconds age, SteadyTime now) {
  replay_ = ReplayWindow(now - age, uplink_);
  if (before.uplink_sequence > 0) replay_.go_on_from(before.uplink_sequence);
  if (before.peer) peer_.go_on_with(*before.peer, now);
  sequence_ = before.downlink_reserved;
  // As seal() counts; where that would be beyond its end nothing more is sent.
  const std::uint64_t timestamp = std::uint64_t{sequence_} * downlink_ms_;
  timestamp_ms_ = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(timestamp, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<ByteView> AudioPath::open(const AudioPacket& packet, UdpAddress from,
                                        std::optional<SteadyTime> expected_since, SteadyTime now) {
  const auto opus = std::span(scratch_.plain).first(packet.payload.size());
  cipher_.apply(packet.header_bytes, packet.payload, opus);
  const auto info = inspect_opus_packet(opus);
  if (!info) {
    counters_.add(SessionEvent::kDatagramNotOpus);
    peer_.garbage(from);
    return std::nullopt;
  }
  const bool empty = info->duration == Microseconds{0};
  const bool usual = info->duration == announced_duration_ || info->duration == usual_duration_;
  const Content content = !empty && usual ? Content::kSound : Content::kNothing;
  const std::uint32_t sequence = packet.header.sequence;
  if (!is_peer(from, sequence, content, expected_since, now)) {
    if (!empty && !usual) peer_.garbage(from);
    const auto fault = replay_.fault_of(sequence, now);
    counters_.add(fault == ReplayVerdict::kFresh ? SessionEvent::kPeerCandidate : event_of(fault));
    return std::nullopt;
  }
  if (const auto verdict = replay_.take(sequence, content, now); verdict != ReplayVerdict::kFresh) {
    counters_.add(event_of(verdict));
    return std::nullopt;
  }
  loss_.heard(sequence);
  if (!empty) usual_duration_ = info->duration;
  return opus;
}

bool AudioPath::is_peer(UdpAddress from, std::uint32_t sequence, Content content,
                        std::optional<SteadyTime> expected_since, SteadyTime now) {
  if (peer_.current() == from) {  // the window judges its sequences
    if (content == Content::kSound && replay_.is_news(sequence)) peer_.heard(now);
    return true;
  }
  const bool newest = replay_.is_plausible(sequence, now) && (!peer_.proved() || replay_.is_news(sequence));
  const PeerEvidence evidence{
      .sequence = sequence, .newest = newest, .content = content, .expected_since = expected_since};
  switch (peer_.observe(from, evidence, now)) {
    case PeerVerdict::kKnown:
    case PeerVerdict::kLearned:
      return true;
    case PeerVerdict::kCandidate:
      return false;
    case PeerVerdict::kCorrected:
      replay_.begin_anew();
      [[fallthrough]];
    case PeerVerdict::kChanged:
      // The sequence itself is still to be taken.
      replay_.go_on_from(sequence - 1);
      counters_.add(SessionEvent::kPeerChanged);
      return true;
  }
  unreachable("all verdicts are handled");
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
