#include "gateway/doors/mqtt_udp/mqtt_udp_door.h"

#include <utility>

#include "common/base/unreachable.h"
#include "common/log/log.h"

namespace earshot::gateway {

namespace {

spdlog::logger& udp_logger() {
  static spdlog::logger& instance = log::logger("udp");
  return instance;
}

SessionEvent event_of(AudioPacketVerdict verdict) {
  switch (verdict) {
    case AudioPacketVerdict::kTooShort:
      return SessionEvent::kDatagramTooShort;
    case AudioPacketVerdict::kWrongType:
      return SessionEvent::kDatagramWrongType;
    case AudioPacketVerdict::kTooLarge:
      return SessionEvent::kDatagramTooLarge;
    case AudioPacketVerdict::kLengthMismatch:
      return SessionEvent::kDatagramLengthMismatch;
    case AudioPacketVerdict::kGood:
      break;
  }
  unreachable("a good packet is no event");
}

}  // namespace

class MqttUdpDoor::Wire final : public LineWire {
 public:
  Wire(MqttUdpDoor& door, auth::ClientId client) : door_(door), client_(std::move(client)) {}

  const auth::ClientId& client() const override { return client_; }
  Status send(std::string_view json) override { return door_.transport_.send(client_.text, json); }
  std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                      SteadyTime now) override {
    return door_.make_leg(client_, identity, AudioKey::random(), hello, now);
  }
  void carries(Session& session) override { door_.legs_.find(session.ssrc())->session = &session; }
  void hang_up(std::string_view) override { door_.transport_.kick(client_.text); }

 private:
  MqttUdpDoor& door_;
  const auth::ClientId client_;
};

MqttUdpDoor::MqttUdpDoor(Executor executor, const MqttUdpDoorConfig& config, DeviceTransport& transport,
                         SessionCounters& counters)
    : transport_(transport),
      counters_(counters),
      downlink_(config.downlink),
      socket_(UdpSocket::bind(std::move(executor), config.listen, config.port)),
      announcement_{.server = config.announced_server, .port = socket_->port()} {
  if (!config.path_probe.empty()) path_probe_.emplace(config.path_probe);
}

std::unique_ptr<MqttUdpLeg> MqttUdpDoor::make_leg(const auth::ClientId& client,
                                                  const SessionIdentity& identity, const AudioKey& key,
                                                  const DeviceHello& hello, SteadyTime now) {
  MqttUdpPort& port = *this;
  auto leg = std::make_unique<MqttUdpLeg>(port, counters_, scratch_, announcement_, identity, client.text,
                                          key, hello, downlink_, now);
  legs_.emplace(identity.ssrc, {.leg = leg.get(), .session = nullptr});
  return leg;
}

std::unique_ptr<DeviceLeg> MqttUdpDoor::take_up(const auth::ClientId& client, const SessionIdentity& identity,
                                                const DeviceHello& hello, const LegRemains& before,
                                                Milliseconds age, SteadyTime now) {
  auto leg = make_leg(client, identity, before.key, hello, now);
  leg->go_on_from(before, age, now);
  return leg;
}

void MqttUdpDoor::start() {
  socket_->start(
      {.on_datagram = [this](ByteView datagram, UdpAddress from) { handle_datagram(datagram, from); },
       .on_round_end = {}});
}

void MqttUdpDoor::flush() {
  socket_->flush();
}

void MqttUdpDoor::close() {
  socket_->flush();
  socket_->close();
}

void MqttUdpDoor::throw_out(std::string_view client_id, std::string_view last_words) {
  if (!last_words.empty()) (void)transport_.send(client_id, last_words);
  transport_.kick(client_id);
}

std::shared_ptr<LineWire> MqttUdpDoor::make_wire(auth::ClientId client) {
  return std::make_shared<Wire>(*this, std::move(client));
}

void MqttUdpDoor::send_control(std::string_view client_id, std::string_view json) {
  (void)transport_.send(client_id, json);  // what is dropped is counted there
}

void MqttUdpDoor::send_datagram(UdpAddress to, ByteView datagram) {
  socket_->queue(to, datagram);
}

void MqttUdpDoor::handle_datagram(ByteView datagram, UdpAddress from) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const ParsedAudioPacket parsed = parse_audio_packet(datagram);
  if (parsed.verdict != AudioPacketVerdict::kGood)
    return handle_other_datagram(parsed.verdict, datagram, from, now);
  const Carried* const carried = legs_.find(parsed.packet.header.ssrc);
  if (carried == nullptr) return drop_datagram(SessionEvent::kDatagramUnknownSession, from, now);
  // Neither ends the session nor moves its deadline.
  carried->leg->datagram(*carried->session, parsed.packet, from, now);
}

// No audio: a doctor's question is answered (path_probe.h says why that is safe), the rest is dropped.
void MqttUdpDoor::handle_other_datagram(AudioPacketVerdict verdict, ByteView datagram, UdpAddress from,
                                        SteadyTime now) {
  if (path_probe_) {
    if (const auto answer = path_probe_->answer(datagram, now)) {
      counters_.add(SessionEvent::kPathProbe);
      return socket_->queue(from, *answer);
    }
  }
  drop_datagram(event_of(verdict), from, now);
}

void MqttUdpDoor::drop_datagram(SessionEvent why, UdpAddress from, SteadyTime now) {
  counters_.add(why);
  if (const auto verdict = bad_datagram_log_.ask(now); verdict.log) {
    udp_logger().warn("datagrams dropped, the last from={} reason={} suppressed={}", to_string(from),
                      kSessionEventNames[static_cast<std::size_t>(why)], verdict.suppressed);
  }
}

}  // namespace earshot::gateway
