// Header, Opus check, cipher, replay window. 160-byte frames; sessions are cycled where their state matters,
// so that the caches see what they see under load.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "common/audio/opus_packet.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "gateway/doors/mqtt_udp/replay_window.h"

namespace earshot::gateway {
namespace {

constexpr std::size_t kFrameBytes = 160;
constexpr std::size_t kSessions = 2000;

Bytes datagram() {
  const auto header = build_audio_header(
      {.flags = 0, .payload_bytes = kFrameBytes, .ssrc = Ssrc{7}, .timestamp = 0, .sequence = 1});
  Bytes bytes(header.begin(), header.end());
  bytes.resize(kAudioHeaderBytes + kFrameBytes, 0x58);
  return bytes;
}

void ParseHeader(benchmark::State& state) {
  const Bytes bytes = datagram();
  for (auto _ : state) benchmark::DoNotOptimize(parse_audio_packet(bytes));
}
BENCHMARK(ParseHeader);

void BuildHeader(benchmark::State& state) {
  AudioHeader header;
  for (auto _ : state) {
    ++header.sequence;
    benchmark::DoNotOptimize(build_audio_header(header));
  }
}
BENCHMARK(BuildHeader);

void InspectOpus(benchmark::State& state) {
  const Bytes frame(kFrameBytes, 0x58);
  for (auto _ : state) benchmark::DoNotOptimize(inspect_opus_packet(frame));
}
BENCHMARK(InspectOpus);

void Cipher(benchmark::State& state) {
  std::vector<std::unique_ptr<AudioCipher>> ciphers;
  for (std::size_t i = 0; i < kSessions; ++i)
    ciphers.push_back(std::make_unique<AudioCipher>(AudioKey::random()));
  const Bytes bytes = datagram();
  std::array<std::uint8_t, kFrameBytes> out{};
  std::size_t next = 0;
  for (auto _ : state) {
    ciphers[next]->apply(ByteView(bytes).first(kAudioHeaderBytes), ByteView(bytes).subspan(kAudioHeaderBytes),
                         out);
    next = (next + 1) % kSessions;
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(Cipher);

void Replay(benchmark::State& state) {
  const SteadyTime start{};
  SteadyTime now = start;
  ReplayWindow window(start, Milliseconds(60));
  std::uint32_t sequence = 0;
  for (auto _ : state) {
    now += Milliseconds(60);
    benchmark::DoNotOptimize(window.take(++sequence, Content::kSound, now));
  }
}
BENCHMARK(Replay);

}  // namespace
}  // namespace earshot::gateway
