#include "gateway/store/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/bytes.h"
#include "common/base/check.h"

namespace earshot::store {

namespace {

constexpr int kBitsOfBin = 4;  // 16 bins a doubling
constexpr std::uint32_t kExactBelow = 1U << kBitsOfBin;
constexpr std::uint32_t kLongest = (1U << 20) - 1;
constexpr std::size_t kEntryBytes = 6;

std::uint16_t bin_of(std::uint32_t value) {
  if (value < kExactBelow) return static_cast<std::uint16_t>(value);
  const int doubling = static_cast<int>(std::bit_width(value)) - 1 - kBitsOfBin;  // 0 for 16..31
  const std::uint32_t within = (value >> doubling) - kExactBelow;
  return static_cast<std::uint16_t>(kExactBelow + static_cast<std::uint32_t>(doubling) * kExactBelow +
                                    within);
}

std::uint32_t middle_of(std::uint16_t bin) {
  if (bin < kExactBelow) return bin;
  const std::uint32_t doubling = (bin - kExactBelow) / kExactBelow;
  const std::uint32_t within = (bin - kExactBelow) % kExactBelow;
  const std::uint32_t low = (kExactBelow + within) << doubling;
  return low + ((1U << doubling) - 1) / 2;
}

}  // namespace

void LatencyHistogram::add(Milliseconds latency) {
  const auto value = std::clamp<std::int64_t>(latency.count(), 0, kLongest);
  ++bins_[bin_of(static_cast<std::uint32_t>(value))];
  ++count_;
}

bool LatencyHistogram::add_encoded(std::string_view text) {
  if (text.size() % kEntryBytes != 0) return false;
  const ByteView bytes = as_bytes(text);
  for (std::size_t at = 0; at < bytes.size(); at += kEntryBytes) {
    const std::uint16_t bin = load_be16(&bytes[at]);
    if (bin >= kBins) return false;
    const std::uint32_t count = load_be32(&bytes[at + 2]);
    bins_[bin] += count;
    count_ += count;
  }
  return true;
}

Milliseconds LatencyHistogram::percentile(double share) const {
  EARSHOT_CHECK(count_ > 0, "percentile of nothing");
  const double rank = std::ceil(std::clamp(share, 0.0, 1.0) * count_);
  const auto wanted = std::max<std::uint64_t>(static_cast<std::uint64_t>(rank), 1);
  std::uint64_t seen = 0;
  std::uint16_t bin = 0;
  while (seen + bins_[bin] < wanted) seen += bins_[bin++];
  return Milliseconds(middle_of(bin));
}

std::string LatencyHistogram::encode() const {
  std::string text;
  for (std::uint16_t bin = 0; bin < kBins; ++bin) {
    if (bins_[bin] == 0) continue;
    std::array<std::uint8_t, kEntryBytes> entry{};
    store_be16(entry.data(), bin);
    store_be32(entry.data() + 2, bins_[bin]);
    text += as_text(entry);
  }
  return text;
}

}  // namespace earshot::store
