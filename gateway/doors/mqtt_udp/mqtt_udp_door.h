// The MQTT+UDP door of one shard: the UDP socket, and which datagram belongs to whose leg. Messages of devices
// come by mqtt_link.h, on another thread, and reach the shard through its proxy.
//
// Runs on: the shard's thread.
// Owns: the socket, the index of the legs, and the room that they work in.
// Borrows: transport and counters, which outlive it. Legs are owned by sessions, which end before it.
// Lifecycle: made (bound) -> start() -> close().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/auth/path_probe.h"
#include "common/base/secret.h"
#include "common/base/ssrc_map.h"
#include "common/log/log_limiter.h"
#include "gateway/doors/mqtt_udp/device_transport.h"
#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/doors/mqtt_udp/udp_socket.h"
#include "gateway/live/device/line_wire.h"

namespace earshot::gateway {

struct MqttUdpDoorConfig {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 0;        // 0: a free one
  std::string announced_server;  // to devices, with the bound port
  Milliseconds downlink{60};     // duration of the frames that are played
  Secret path_probe = {};  // the doctor's questions about the UDP path are answered; empty: they are not
};

class MqttUdpDoor final : private MqttUdpPort {
 public:
  // Throws StartupError (kBind) when the port cannot be had.
  MqttUdpDoor(Executor executor, const MqttUdpDoorConfig& config, DeviceTransport& transport,
              SessionCounters& counters);
  MqttUdpDoor(const MqttUdpDoor&) = delete;
  MqttUdpDoor& operator=(const MqttUdpDoor&) = delete;

  void start();
  void flush();  // the end of a round
  void close();

  // Ends the client's connection to the broker, behind its last words.
  void throw_out(std::string_view client_id, std::string_view last_words);

  std::uint16_t port() const { return socket_->port(); }
  const UdpCounters& counters() const { return socket_->counters(); }

  // The end of a device for a session that another gateway began with it; the wire carries it on.
  std::unique_ptr<DeviceLeg> take_up(const auth::ClientId& client, const SessionIdentity& identity,
                                     const DeviceHello& hello, const LegRemains& before, Milliseconds age,
                                     SteadyTime now);
  // nullptr: the session is carried by another door.
  const MqttUdpLeg* leg_of(Ssrc ssrc) {
    const Carried* const carried = legs_.find(ssrc);
    return carried == nullptr ? nullptr : carried->leg;
  }

  // To a device that is known by what the broker calls it. The door outlives it.
  std::shared_ptr<LineWire> make_wire(auth::ClientId client);

 private:
  class Wire;
  std::unique_ptr<MqttUdpLeg> make_leg(const auth::ClientId& client, const SessionIdentity& identity,
                                       const AudioKey& key, const DeviceHello& hello, SteadyTime now);

  void send_control(std::string_view client_id, std::string_view json) override;
  void send_datagram(UdpAddress to, ByteView datagram) override;
  void leg_gone(Ssrc ssrc) override { legs_.erase(ssrc); }

  void handle_datagram(ByteView datagram, UdpAddress from);
  void handle_other_datagram(AudioPacketVerdict verdict, ByteView datagram, UdpAddress from, SteadyTime now);
  void drop_datagram(SessionEvent why, UdpAddress from, SteadyTime now);

  DeviceTransport& transport_;
  SessionCounters& counters_;
  PacketScratch scratch_;
  Milliseconds downlink_;
  std::shared_ptr<UdpSocket> socket_;
  UdpAnnouncement announcement_;
  std::optional<auth::PathProbeResponder> path_probe_;
  struct Carried {
    MqttUdpLeg* leg = nullptr;
    Session* session = nullptr;
  };
  SsrcMap<Carried> legs_;
  log::LogLimiter bad_datagram_log_{1, Milliseconds{60'000}};
};

}  // namespace earshot::gateway
