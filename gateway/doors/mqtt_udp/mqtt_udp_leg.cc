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
      announcement_(announcement),
      ssrc_(identity.ssrc),
      id_(identity.id),
      client_id_(std::move(client_id)),
      key_(key),
      audio_path_(counters, scratch, identity.ssrc, key, hello.frame_duration, downlink, now) {}

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
  send(notice_message(id_, notice));
}

FrameVerdict MqttUdpLeg::play(ByteView opus) {
  const auto peer = audio_path_.peer();
  if (!peer) return FrameVerdict::kNobodyThere;
  const auto datagram = audio_path_.seal(opus);
  if (!datagram) return FrameVerdict::kUsedUp;
  port_.send_datagram(*peer, *datagram);
  return FrameVerdict::kSent;
}

void MqttUdpLeg::part(std::string_view) {
  send(goodbye_message(id_));
}

}  // namespace earshot::gateway
