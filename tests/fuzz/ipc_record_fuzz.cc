// Bytes of a hostile peer on the link between gateway and worker:
// framing, Envelope, and what a worker may send.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/ipc/framing.h"
#include "gateway/live/workers/worker_protocol.h"
#include "ipc.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using earshot::ipc::RecordReader;
  RecordReader reader;
  earshot::ipc::Envelope envelope;
  bool hello_seen = false;
  // The first byte cuts the stream into reads, so that records are split everywhere.
  const std::size_t step = size > 0 ? std::size_t{data[0]} + 1 : 1;
  for (std::size_t at = std::min<std::size_t>(1, size); at < size; at += step) {
    const std::size_t count = std::min(step, size - at);
    std::copy_n(data + at, count, reader.prepare().begin());
    reader.commit(count);
    earshot::ByteView record;
    while (reader.next(record) == RecordReader::Verdict::kRecord) {
      if (!envelope.ParseFromArray(record.data(), static_cast<int>(record.size()))) continue;
      const auto verdict = earshot::gateway::judge_worker_envelope(envelope, hello_seen);
      if (verdict == earshot::gateway::WorkerVerdict::kHello) hello_seen = true;
    }
  }
  return 0;
}
