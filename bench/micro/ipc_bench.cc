// An audio record on its way to a worker and back: written into the outbox, cut out of the stream, read.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "common/ipc/audio_record.h"
#include "common/ipc/framing.h"
#include "common/ipc/outbox.h"
#include "ipc.pb.h"

namespace earshot::ipc {
namespace {

constexpr std::size_t kFrameBytes = 160;
constexpr std::size_t kBatch = 64;

Envelope audio_down() {
  Envelope envelope;
  envelope.set_session(0x01020304);
  envelope.mutable_audio_down()->set_turn(1);
  envelope.mutable_audio_down()->set_opus(std::string(kFrameBytes, 'x'));
  return envelope;
}

void WriteRecord(benchmark::State& state) {
  Envelope up;
  up.set_session(0x01020304);
  const std::string opus(kFrameBytes, 'x');
  Outbox outbox({.control_bytes = 1 << 20, .session_bytes = 1 << 20, .audio_bytes = 1 << 20});
  Bytes batch;
  std::size_t queued = 0;
  for (auto _ : state) {
    up.mutable_audio_up()->set_opus(opus);
    const std::size_t size = up.ByteSizeLong();
    up.SerializeWithCachedSizesToArray(outbox.add_audio(size).data());
    if (++queued % kBatch != 0) continue;
    outbox.take(batch, 1 << 20);
    batch.clear();
  }
}
BENCHMARK(WriteRecord);

void ReadRecord(benchmark::State& state) {
  const std::string record = audio_down().SerializeAsString();
  for (auto _ : state) benchmark::DoNotOptimize(read_audio_down(as_bytes(record)));
}
BENCHMARK(ReadRecord);

void ReadRecordAsEnvelope(benchmark::State& state) {
  const std::string record = audio_down().SerializeAsString();
  Envelope envelope;
  for (auto _ : state) {
    benchmark::DoNotOptimize(envelope.ParseFromArray(record.data(), static_cast<int>(record.size())));
  }
}
BENCHMARK(ReadRecordAsEnvelope);

void CutRecords(benchmark::State& state) {
  const std::string record = audio_down().SerializeAsString();
  Bytes stream;
  for (std::size_t i = 0; i < kBatch; ++i) {
    stream.resize(stream.size() + kLengthBytes);
    store_be32(stream.data() + stream.size() - kLengthBytes, static_cast<std::uint32_t>(record.size()));
    stream.insert(stream.end(), record.begin(), record.end());
  }
  RecordReader reader;
  ByteView found;
  while (state.KeepRunningBatch(kBatch)) {
    std::ranges::copy(stream, reader.prepare().begin());
    reader.commit(stream.size());
    while (reader.next(found) == RecordReader::Verdict::kRecord) benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(CutRecords);

}  // namespace
}  // namespace earshot::ipc
