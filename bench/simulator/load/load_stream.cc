#include "bench/simulator/load/load_stream.h"

#include <algorithm>
#include <array>
#include <random>

namespace earshot::simulator {

namespace {

constexpr std::uint8_t kToc = 11 << 3;  // one mono frame of 60 ms (RFC 6716 3.1)
constexpr std::size_t kIndexAt = 1;
constexpr std::size_t kTimeAt = 5;
constexpr std::size_t kDeviceAt = 13;
constexpr std::size_t kFillerAt = 17;
static_assert(kFillerAt == kMinLoadPayload);

constexpr std::size_t kNoiseStarts = 1021;  // prime, so that neighbours differ
const auto& noise() {
  static const auto bytes = [] {
    std::array<std::uint8_t, kNoiseStarts + kMaxLoadPayload> made{};
    std::minstd_rand random(1);
    for (std::uint8_t& byte : made) byte = static_cast<std::uint8_t>(random() >> 8);
    return made;
  }();
  return bytes;
}

void store_be64(std::uint8_t* to, std::uint64_t value) {
  store_be32(to, static_cast<std::uint32_t>(value >> 32));
  store_be32(to + 4, static_cast<std::uint32_t>(value));
}

std::uint64_t load_be64(const std::uint8_t* from) {
  return (std::uint64_t{load_be32(from)} << 32) | load_be32(from + 4);
}

}  // namespace

LoadStream::LoadStream(std::uint32_t device, const StreamKeys& keys)
    : device_(device), keys_(keys), cipher_(keys.key) {}

void LoadStream::make(std::span<std::uint8_t> out, std::int64_t now_ns) {
  const auto plain = out.subspan(kHeaderBytes);
  const auto index = static_cast<std::uint32_t>(sent_++);
  plain[0] = kToc;
  store_be32(plain.data() + kIndexAt, index);
  store_be64(plain.data() + kTimeAt, static_cast<std::uint64_t>(now_ns));
  store_be32(plain.data() + kDeviceAt, device_);
  const auto rest = filler(index, plain.size() - kFillerAt);
  std::copy(rest.begin(), rest.end(), plain.begin() + kFillerAt);
  const Block header = uplink_header(keys_.nonce, plain.size(), 0, index + 1);
  std::copy(header.begin(), header.end(), out.begin());
  if (keys_.sealed) cipher_.apply(header, plain, plain);
}

LoadStream::Heard LoadStream::check(std::span<std::uint8_t> datagram, bool echo) {
  const DatagramHeader header = read_header(datagram);
  const auto plain = datagram.subspan(kHeaderBytes);
  const bool good_header = header.type == kAudioType && (header.flags & kDownlinkFlag) != 0 &&
                           header.payload_bytes == plain.size() &&
                           plain.size() >= (echo ? kFillerAt : kTimeAt);
  if (!good_header) return {};
  if (keys_.sealed) cipher_.apply(header_block(datagram), plain, plain);
  Heard heard{.verdict = FrameVerdict::kCorrupt,
              .sent_ns = echo ? static_cast<std::int64_t>(load_be64(plain.data() + kTimeAt)) : 0,
              .index = load_be32(plain.data() + kIndexAt)};
  if (plain[0] != kToc) return heard;
  if (echo) {
    const auto rest = filler(heard.index, plain.size() - kFillerAt);
    const bool same = load_be32(plain.data() + kDeviceAt) == device_ &&
                      std::equal(rest.begin(), rest.end(), plain.begin() + kFillerAt);
    if (!same) return heard;
  }
  if (header.sequence <= last_sequence_ || heard.index < next_index_) {
    heard.verdict = FrameVerdict::kDuplicate;
    return heard;
  }
  last_sequence_ = header.sequence;
  skipped_ += heard.index - next_index_;
  next_index_ = std::uint64_t{heard.index} + 1;
  ++received_;
  heard.verdict = FrameVerdict::kGood;
  return heard;
}

std::span<const std::uint8_t> LoadStream::filler(std::uint32_t index, std::size_t bytes) const {
  return std::span(noise()).subspan((index * 31U + device_ * 17U) % kNoiseStarts, bytes);
}

}  // namespace earshot::simulator
