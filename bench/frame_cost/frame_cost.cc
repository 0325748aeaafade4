// Takes N frames up and N frames down through everything that is pure: header, lookup, cipher, Opus check,
// replay window, record, session, header, cipher. frame_cost.sh counts its instructions.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>

#include "common/ipc/audio_record.h"
#include "common/ipc/outbox.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/live/session/session_table.h"

namespace {

using namespace earshot;
using namespace earshot::gateway;

constexpr std::size_t kFrameBytes = 160;
constexpr std::size_t kBatchBytes = 64 * 1024;

// Keeps what the device is told, and writes what the worker is told as a link does.
class Port final : public MqttUdpPort, public WorkerPort {
 public:
  void send_control(std::string_view, std::string_view json) override { hello = json; }
  void send_datagram(UdpAddress, ByteView datagram) override { bytes += datagram.size(); }
  void leg_gone(Ssrc) override {}
  void send(const ipc::Envelope&) override {}
  void send_audio(const ipc::Envelope& envelope) override {
    const std::size_t size = envelope.ByteSizeLong();
    envelope.SerializeWithCachedSizesToArray(outbox.add_audio(size).data());
    if (outbox.bytes() < kBatchBytes) return;
    outbox.take(batch, kBatchBytes);
    batch.clear();
  }
  std::string hello;
  std::size_t bytes = 0;
  ipc::Outbox outbox{{.control_bytes = 1 << 20, .session_bytes = 1 << 20, .audio_bytes = 1 << 20}};
  Bytes batch;
};

AudioKey key_in(const std::string& hello) {
  const std::size_t at = hello.find("\"key\":\"") + 7;
  const Bytes key = *from_hex(hello.substr(at, 32));
  return AudioKey(std::span<const std::uint8_t, AudioKey::kBytes>(key.data(), AudioKey::kBytes));
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc == 2 ? std::atoi(argv[1]) : 1000;
  Port port;
  SessionCounters counters;
  const SessionConfig config;
  const UdpAnnouncement announcement{.server = "127.0.0.1", .port = 1};
  SessionMemory memory;
  PacketScratch scratch;
  SessionTable table(counters, config, memory);
  SteadyTime now{std::chrono::hours(1)};
  SessionIdentity identity = table.identify(*DeviceId::parse("02:00:00:00:00:01"), {.language = "en"});
  auto made = std::make_unique<MqttUdpLeg>(port, counters, scratch, announcement, identity, "GID",
                                           AudioKey::random(), DeviceHello{}, Milliseconds(60), now);
  SsrcMap<MqttUdpLeg*> legs;  // as the door has it
  legs.emplace(identity.ssrc, made.get());
  Session& session = *table.open(std::move(identity), DeviceHello{}, std::move(made), now);
  session.opened(WorkerLeg(port, true), now);  // what the device says is kept for the next worker
  AudioCipher device(key_in(port.hello));

  Bytes datagram(kAudioHeaderBytes + kFrameBytes);
  const Bytes opus(kFrameBytes, 0x58);
  ipc::Envelope down;
  down.set_session(number(session.ssrc()));
  down.mutable_audio_down()->set_live(true);
  down.mutable_audio_down()->set_opus(std::string(kFrameBytes, 0x58));
  const std::string record = down.SerializeAsString();
  ipc::Envelope heard;
  for (int i = 1; i <= frames; ++i) {
    now += Milliseconds(60);
    if (i % 17 == 0) {  // as a worker does each second
      heard.mutable_uplink_heard()->set_uplink(static_cast<std::uint64_t>(i) - 15);
      session.envelope(heard, now);
    }
    const auto header = build_audio_header({.flags = 0,
                                            .payload_bytes = kFrameBytes,
                                            .ssrc = session.ssrc(),
                                            .timestamp = 0,
                                            .sequence = static_cast<std::uint32_t>(i)});
    std::copy(header.begin(), header.end(), datagram.begin());
    device.apply(header, opus, std::span(datagram).subspan(kAudioHeaderBytes));

    const auto parsed = parse_audio_packet(datagram);
    (*legs.find(parsed.packet.header.ssrc))->datagram(session, parsed.packet, {1, 1}, now);
    const auto audio = ipc::read_audio_down(as_bytes(record));
    table.find(Ssrc{audio->session})->audio_down(*audio, now);
  }
  const auto passed =
      counters.value(SessionEvent::kUplinkFrame) + counters.value(SessionEvent::kDownlinkFrame);
  std::printf("%llu frames\n", static_cast<unsigned long long>(passed));
  return passed == static_cast<std::uint64_t>(2 * frames) ? 0 : 1;
}
