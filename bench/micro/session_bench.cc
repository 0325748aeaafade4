// What a session adds to a frame: lookup, sealing, the playout and its tick.
#include <benchmark/benchmark.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/live/session/session_table.h"
#include "gateway/live/shard/timing_wheel.h"

namespace earshot::gateway {
namespace {

constexpr std::size_t kSessions = 2000;
constexpr std::size_t kFrameBytes = 160;

class NullPort final : public MqttUdpPort, public WorkerPort {
 public:
  void send_control(std::string_view, std::string_view) override {}
  void send_datagram(UdpAddress, ByteView) override {}
  void leg_gone(Ssrc) override {}
  void send(const ipc::Envelope&) override {}
  void send_audio(const ipc::Envelope&) override {}
};

struct Table {
  Table() : table(counters, config, memory) {
    for (std::size_t i = 0; i < kSessions; ++i) {
      std::string mac = "02:00:00:00:00:00";
      mac[13] = "0123456789abcdef"[i / 256 % 16];
      mac[15] = "0123456789abcdef"[i / 16 % 16];
      mac[16] = "0123456789abcdef"[i % 16];
      SessionIdentity identity = table.identify(*DeviceId::parse(mac), {.language = "en"});
      auto leg = std::make_unique<MqttUdpLeg>(port, counters, scratch, announcement, identity, "GID",
                                              AudioKey::random(), DeviceHello{}, Milliseconds(60), now);
      Session* session = table.open(std::move(identity), DeviceHello{}, std::move(leg), now);
      session->opened(WorkerLeg(port), now);
      ssrcs.push_back(session->ssrc());
    }
  }
  NullPort port;
  SessionCounters counters;
  SessionConfig config;
  UdpAnnouncement announcement{.server = "127.0.0.1", .port = 1};
  SessionMemory memory;
  PacketScratch scratch;
  SteadyTime now{std::chrono::hours(1)};
  SessionTable table;
  std::vector<Ssrc> ssrcs;
};

void Lookup(benchmark::State& state) {
  Table all;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(all.table.find(all.ssrcs[next]));
    next = (next + 1) % kSessions;
  }
}
BENCHMARK(Lookup);

// Header, cipher and counters of a downlink datagram.
void SealFrame(benchmark::State& state) {
  SessionCounters counters;
  PacketScratch scratch;
  const auto key = AudioKey::random();
  const SteadyTime now{std::chrono::hours(1)};
  std::optional<AudioPath> path;
  const Bytes frame(kFrameBytes, 0x58);
  for (auto _ : state) {
    if (!path || !path->seal(frame)) {  // at first, and when its counters are used up
      path.emplace(counters, scratch, Ssrc{7}, key, Milliseconds(60), Milliseconds(60), now);
    }
  }
}
BENCHMARK(SealFrame);

void PacedFrameDown(benchmark::State& state) {
  Playout playout(PlayoutConfig{});
  const Bytes frame(kFrameBytes, 0x58);
  SteadyTime now{std::chrono::hours(1)};
  playout.speech_start(TurnId{1});
  playout.poll(now, Milliseconds(0));
  for (auto _ : state) {
    playout.frame(TurnId{1}, frame);
    now += Milliseconds(60);
    benchmark::DoNotOptimize(playout.poll(now, Milliseconds(0)));
  }
}
BENCHMARK(PacedFrameDown);

// 2,000 sessions that each want a tick each 60 ms.
void WheelTick(benchmark::State& state) {
  SteadyTime now{std::chrono::hours(1)};
  std::vector<std::unique_ptr<WheelTimer>> timers;
  TimingWheel wheel(now);
  for (std::uint32_t i = 0; i < kSessions; ++i) {
    timers.push_back(std::make_unique<WheelTimer>(Ssrc{i}));
    wheel.set(*timers.back(), now + Microseconds(30 * i));
  }
  for (auto _ : state) {
    WheelTimer* due = wheel.pop_due(now);
    while (due == nullptr) due = wheel.pop_due(now += Milliseconds(1));
    wheel.set(*due, now + Milliseconds(60));
  }
}
BENCHMARK(WheelTick);

}  // namespace
}  // namespace earshot::gateway
