// The device's end of a session over MQTT and UDP: JSON through the broker, sealed datagrams to where the
// device was last heard from (device-protocol 3 and 4).
//
// Where much of what the device sends is lost, each datagram goes out again in front of the next one: the firmware
// plays the first copy that comes and drops the other. Only to a firmware that is known to drop it
// (DeviceHello::drops_copies), and never into another turn.
//
// Runs on: the shard's thread.
// Owns: key, audio path.
// Borrows: port, counters and scratch, which outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/audio_path.h"
#include "gateway/doors/mqtt_udp/hello.h"
#include "gateway/doors/mqtt_udp/leg_remains.h"
#include "gateway/doors/mqtt_udp/udp_address.h"
#include "gateway/live/session/device_leg.h"
#include "gateway/live/session/session.h"
#include "gateway/xiaozhi/control_message.h"

namespace earshot::gateway {

// What carries the bytes. Called synchronously; the bytes live during the call only.
class MqttUdpPort {
 public:
  virtual ~MqttUdpPort() = default;
  virtual void send_control(std::string_view client_id, std::string_view json) = 0;
  virtual void send_datagram(UdpAddress to, ByteView datagram) = 0;
  // Its session is over: no datagram is for it any more.
  virtual void leg_gone(Ssrc ssrc) = 0;
};

// What the device is told of the UDP side, in the answer to its hello.
class MqttUdpLeg final : public DeviceLeg {
 public:
  // `downlink`: the duration of the frames that will be played.
  MqttUdpLeg(MqttUdpPort& port, SessionCounters& counters, PacketScratch& scratch,
             const UdpAnnouncement& announcement, const SessionIdentity& identity, std::string client_id,
             const AudioKey& key, const DeviceHello& hello, Milliseconds downlink, SteadyTime now);
  ~MqttUdpLeg() override { port_.leg_gone(ssrc_); }
  MqttUdpLeg(const MqttUdpLeg&) = delete;
  MqttUdpLeg& operator=(const MqttUdpLeg&) = delete;

  // Goes on where another gateway was; the device knows the session, and no hello is answered.
  void go_on_from(const LegRemains& before, Milliseconds age, SteadyTime now) {
    audio_path_.go_on_from(before, age, now);
  }
  LegRemains remains() const;
  const std::string& client_id() const { return client_id_; }

  // From the door, for the session that this is the leg of.
  // REQUIRES: the packet carries the session's ssrc.
  void datagram(Session& session, const AudioPacket& packet, UdpAddress from, SteadyTime now);
  std::optional<UdpAddress> peer() const { return audio_path_.peer(); }

  void accept(const SessionTerms& terms) override;
  void refuse() override;
  void tell(const Notice& notice) override;
  FrameVerdict play(ByteView opus) override;
  void part(std::string_view reason) override;
  bool is_gone_when_silent() const override { return true; }
  bool reachable() const override { return audio_path_.peer().has_value(); }
  std::uint32_t next_timestamp() const override { return audio_path_.next_timestamp(); }

 private:
  void send(const std::string& json) { port_.send_control(client_id_, json); }
  void repeat_last(UdpAddress peer);

  MqttUdpPort& port_;
  SessionCounters& counters_;
  const UdpAnnouncement& announcement_;
  Ssrc ssrc_;
  SessionId id_;
  std::string client_id_;
  AudioKey key_;
  AudioPath audio_path_;
  bool drops_copies_;
  Bytes last_;  // datagram of this turn; empty while none is to be repeated
};

}  // namespace earshot::gateway
