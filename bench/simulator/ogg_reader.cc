#include "bench/simulator/ogg_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr std::size_t kPageHead = 27;
constexpr std::size_t kMaxOggPacketBytes = 2048;
constexpr std::uint8_t kContinued = 1;
constexpr std::uint8_t kFirstPage = 2;
constexpr std::uint8_t kLastPage = 4;

Error unplayable(std::string what) {
  return {ErrorCode::kInvalid, std::move(what)};
}

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// RFC 3533, 6: polynomial 0x04c11db7, over the page with zeros in its place.
std::uint32_t page_sum(std::string_view page) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < page.size(); ++at) {
    const bool in_sum = at >= 22 && at < 26;
    sum ^= std::uint32_t{in_sum ? std::uint8_t{0} : byte_at(page, at)} << 24;
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 0x80000000U) != 0 ? (sum << 1) ^ 0x04C11DB7U : sum << 1;
  }
  return sum;
}

std::uint32_t load_le32(std::string_view from) {
  return std::uint32_t{byte_at(from, 0)} | std::uint32_t{byte_at(from, 1)} << 8 |
         std::uint32_t{byte_at(from, 2)} << 16 | std::uint32_t{byte_at(from, 3)} << 24;
}

// RFC 6716, 3.1: in tenths of a millisecond; 0: none.
int packet_time(ByteView packet) {
  if (packet.empty()) return 0;
  static constexpr std::array<int, 4> kSilkTime{100, 200, 400, 600};
  static constexpr std::array<int, 4> kCeltTime{25, 50, 100, 200};
  const int config = packet[0] >> 3;
  const auto quarter = static_cast<std::size_t>(config % 4);
  const int frame = config < 12   ? kSilkTime[quarter]
                    : config < 16 ? (config % 2 == 0 ? 100 : 200)
                                  : kCeltTime[quarter];
  if ((packet[0] & 3) == 0) return frame;
  if ((packet[0] & 3) != 3) return 2 * frame;
  return packet.size() < 2 ? 0 : frame * (packet[1] & 0x3F);
}

class OggReader {
 public:
  Result<OggSpeech> read(std::string_view file) {
    while (!file.empty()) {
      if (ended_) return unplayable("there is something behind the end of the stream");
      const auto size = page_size(file);
      if (!size) return size.error();
      if (Status taken = take(file.substr(0, *size)); !taken) return taken.error();
      file.remove_prefix(*size);
    }
    if (!ended_) return unplayable("the stream has no end");
    if (heads_ < 2 || speech_.packets.empty()) return unplayable("no sound");
    return std::move(speech_);
  }

 private:
  static Result<std::size_t> page_size(std::string_view file) {
    if (file.size() < kPageHead || !file.starts_with("OggS") || file[4] != '\0')
      return unplayable("no Ogg page");
    const std::size_t segments = byte_at(file, 26);
    if (file.size() < kPageHead + segments) return unplayable("a page is cut short");
    std::size_t size = kPageHead + segments;
    for (std::size_t i = 0; i < segments; ++i) size += byte_at(file, kPageHead + i);
    if (file.size() < size) return unplayable("a page is cut short");
    return size;
  }

  Status take(std::string_view page) {
    if (page_sum(page) != load_le32(page.substr(22))) return unplayable("a page has a wrong checksum");
    const std::uint32_t serial = load_le32(page.substr(14));
    const std::uint8_t flags = byte_at(page, 5);
    if (pages_ > 0 && serial != serial_) return unplayable("more than one stream");
    if (load_le32(page.substr(18)) != pages_) return unplayable("a page is missing");
    if (((flags & kFirstPage) != 0) != (pages_ == 0)) return unplayable("the first page is not marked so");
    if (((flags & kContinued) != 0) == packet_.empty()) return unplayable("a packet is torn");
    serial_ = serial;
    ++pages_;
    const std::size_t segments = byte_at(page, 26);
    std::size_t at = kPageHead + segments;
    for (std::size_t i = 0; i < segments; ++i) {
      const std::size_t size = byte_at(page, kPageHead + i);
      const ByteView piece = as_bytes(page.substr(at, size));
      packet_.insert(packet_.end(), piece.begin(), piece.end());
      at += size;
      if (packet_.size() > kMaxOggPacketBytes) return unplayable("a packet is over 2 KB");
      if (size == 255) continue;
      if (Status good = take_packet(std::exchange(packet_, {})); !good) return good;
    }
    ended_ = (flags & kLastPage) != 0;
    return kDone;
  }

  Status take_packet(Bytes packet) {
    const std::string_view text = as_text(packet);
    if (heads_ == 0) {
      if (!text.starts_with("OpusHead") || text.size() < 19 || text[8] != '\1')
        return unplayable("no OpusHead");
      if (text[9] != '\1') return unplayable("not mono");
    } else if (heads_ == 1) {
      if (!text.starts_with("OpusTags")) return unplayable("no OpusTags");
    } else {
      const int time = packet_time(packet);
      if (time < 50 || time > 1200) return unplayable("a packet is not of 5 to 120 ms");
      speech_.longest_packet = std::max(speech_.longest_packet, Milliseconds(time / 10));
      speech_.packets.push_back(std::move(packet));
      return kDone;
    }
    ++heads_;
    return kDone;
  }

  OggSpeech speech_;
  Bytes packet_;
  std::uint32_t serial_ = 0;
  std::uint32_t pages_ = 0;
  int heads_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<OggSpeech> read_ogg_opus(std::string_view file) {
  return OggReader().read(file);
}

}  // namespace earshot::simulator
