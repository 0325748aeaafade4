// Sequence numbers, timestamps and arrival times as a stranger chooses them: put into order, kept in front of a
// `listen start`, and looked up among what the device plays.
#include <array>
#include <cstdint>
#include <cstring>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/hearing/early_audio.h"
#include "worker/hearing/echo_reference.h"
#include "worker/hearing/uplink_order.h"

using namespace earshot;
using namespace earshot::worker;

namespace {

constexpr std::size_t kRecord = 10;  // what, sequence, timestamp, milliseconds

std::uint32_t number_at(const std::uint8_t* data) {
  std::uint32_t value = 0;
  std::memcpy(&value, data, sizeof value);
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  UplinkOrder order;
  EarlyAudio early(Milliseconds{60});
  EchoReference reference = EchoReference::create(60).value();
  SteadyTime now{std::chrono::hours(1)};
  std::uint32_t next_in_order = 0;
  std::array<std::int16_t, 160> played{};
  for (; size >= kRecord; data += kRecord, size -= kRecord) {
    const std::uint32_t sequence = number_at(data + 1);
    const std::uint32_t timestamp = number_at(data + 5);
    now += Milliseconds{data[9]};
    if (data[0] == 0) {
      order.restart();
      next_in_order = 0;
    }
    if (data[0] == 1) reference.started(TurnId{sequence}, timestamp);
    if (data[0] % 4 == 2) reference.add(TurnId{sequence}, Bytes(data, data + kRecord));
    const auto passed = order.push({.sequence = sequence, .opus = {}, .timestamp = timestamp}, now);
    const std::size_t most = (UplinkOrder::kMaxHeld + 1) * (UplinkOrder::kMaxLost + 1);
    EARSHOT_CHECK(passed.size() <= most, "more than was held");
    for (const UplinkPacket& packet : passed) {
      EARSHOT_CHECK(packet.sequence >= next_in_order, "out of order");
      next_in_order = packet.sequence + 1;  // 0 comes behind the last
    }
    EARSHOT_CHECK(!order.deadline() || *order.deadline() > now, "something waits for too long");
    early.add({.sequence = sequence, .opus = {}, .timestamp = timestamp}, now);
    EARSHOT_CHECK(early.heard(now).size() <= EarlyAudio::kMaxPackets, "too many");
    if (reference.knows(timestamp)) reference.read(std::int64_t{timestamp} * 16, played);
  }
  return 0;
}
