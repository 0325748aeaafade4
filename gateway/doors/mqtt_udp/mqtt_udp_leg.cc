#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"

#include <utility>

#include "gateway/xiaozhi/down_message.h"
#include "gateway/xiaozhi/notice_message.h"

namespace earshot::gateway {

MqttUdpLeg::MqttUdpLeg(MqttUdpPort& port, SessionCounters& counters, PacketScratch& scratch,
                       const UdpAnnouncement& announcement, const SessionIdentity& identity,
                       std::string client_id, const AudioKey& key, const DeviceHello& hello,
                       Milliseconds downlink, SteadyTime now)
    : port_(port),
      counters_(counters),
      announcement_(announcement),
      ssrc_(identity.ssrc),
      id_(identity.id),
      client_id_(std::move(client_id)),
      key_(key),
      audio_path_(counters, scratch, identity.ssrc, key, hello.frame_duration, downlink, now),
      drops_copies_(hello.drops_copies) {}

LegRemains MqttUdpLeg::remains() const {
  return {.key = key_,
          .uplink_sequence = audio_path_.uplink_sequence(),
          .downlink_reserved = reserve_behind(audio_path_.downlink_sequence()),
          .peer = audio_path_.peer()};
}

void MqttUdpLeg::datagram(Session& session, const AudioPacket& packet, UdpAddress from, SteadyTime now) {
  if (!session.hears()) return;
  const auto opus = audio_path_.open(packet, from, session.sends_since(), now);
  if (opus) session.hear(*opus, {packet.header.sequence, packet.header.timestamp}, now);
}

void MqttUdpLeg::accept(const SessionTerms& terms) {
  send(hello_message(id_, terms, announcement_, ssrc_, key_));
}

void MqttUdpLeg::refuse() {
  send(busy_message(id_));
}

void MqttUdpLeg::tell(const Notice& notice) {
  // A copy that comes behind its turn could be the first to come.
  if (std::holds_alternative<TurnBegan>(notice) || std::holds_alternative<TurnEnded>(notice)) last_.clear();
  send(notice_message(id_, notice));
}

FrameVerdict MqttUdpLeg::play(ByteView opus) {
  const auto peer = audio_path_.peer();
  if (!peer) return FrameVerdict::kNobodyThere;
  repeat_last(*peer);
  const auto datagram = audio_path_.seal(opus);
  if (!datagram) return FrameVerdict::kUsedUp;
  if (drops_copies_ && audio_path_.loses_much()) last_.assign(datagram->begin(), datagram->end());
  port_.send_datagram(*peer, *datagram);
  return FrameVerdict::kSent;
}

void MqttUdpLeg::repeat_last(UdpAddress peer) {
  if (last_.empty()) return;
  port_.send_datagram(peer, last_);
  counters_.add(SessionEvent::kDownlinkRepeated);
  last_.clear();
}

void MqttUdpLeg::part(std::string_view) {
  send(goodbye_message(id_));
}

}  // namespace earshot::gateway
