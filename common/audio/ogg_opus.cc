#include "common/audio/ogg_opus.h"

#include <algorithm>
#include <array>
#include <vector>

namespace earshot::audio {

namespace {

constexpr std::uint32_t kSerial = 0x45415253;  // of the only stream in the file: any number
constexpr std::uint32_t kPolynomial = 0x04C11DB7;
constexpr std::size_t kMaxSegments = 255;
constexpr std::size_t kMaxPacketBytes = 8 * 1024;
constexpr std::uint16_t kPreSkip = 312;      // libopus' look-ahead at 48 kHz
constexpr std::uint32_t kMaxSamples = 5760;  // 120 ms

enum PageFlag : std::uint8_t { kFirst = 2, kLast = 4 };

std::uint32_t checksum(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i << 24;
      for (int bit = 0; bit < 8; ++bit)
        value = (value << 1) ^ ((value & 0x80000000U) != 0 ? kPolynomial : 0U);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t sum = 0;
  for (const char c : bytes) sum = (sum << 8) ^ kTable[((sum >> 24) ^ static_cast<unsigned char>(c)) & 0xFF];
  return sum;
}

template <class Integer>
void put_le(std::string& to, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) to += static_cast<char>((value >> (8 * i)) & 0xFF);
}

class Pages {
 public:
  explicit Pages(std::size_t packets_per_page) : packets_per_page_(packets_per_page) {}

  // Lacing values of a packet: as many 255 as fit, and the rest, also when that is 0.
  static std::size_t segments_of(std::string_view packet) { return packet.size() / 255 + 1; }

  void add(std::string_view packet, std::uint64_t granule) {
    if (packets_ >= packets_per_page_ || lacing_.size() + segments_of(packet) > kMaxSegments) flush(0);
    ++packets_;
    for (std::size_t left = packet.size();; left -= 255) {
      lacing_ += static_cast<char>(std::min<std::size_t>(left, 255));
      if (left < 255) break;
    }
    body_ += packet;
    granule_ = granule;
  }
  void flush(std::uint8_t flags) {
    std::string page = "OggS";
    page += '\0';  // version
    page += static_cast<char>(flags);
    put_le(page, granule_);
    put_le(page, kSerial);
    put_le(page, sequence_++);
    const std::size_t sum_at = page.size();
    put_le(page, std::uint32_t{0});
    page += static_cast<char>(lacing_.size());
    page += lacing_ + body_;
    std::string sum;
    put_le(sum, checksum(page));
    page.replace(sum_at, sum.size(), sum);
    file += page;
    lacing_.clear();
    body_.clear();
    packets_ = 0;
  }

  std::string file;

 private:
  std::size_t packets_per_page_;
  std::size_t packets_ = 0;  // in the page that is being filled
  std::string lacing_;
  std::string body_;
  std::uint64_t granule_ = 0;
  std::uint32_t sequence_ = 0;
};

std::string head(std::uint32_t input_rate_hz) {
  std::string packet = "OpusHead";
  packet += '\1';  // version
  packet += '\1';  // channels
  put_le(packet, kPreSkip);
  put_le(packet, input_rate_hz);
  put_le(packet, std::uint16_t{0});  // gain
  packet += '\0';                    // mapping: mono or stereo
  return packet;
}

std::string tags() {
  static constexpr std::string_view kVendor = "earshot";
  std::string packet = "OpusTags";
  put_le(packet, static_cast<std::uint32_t>(kVendor.size()));
  packet += kVendor;
  put_le(packet, std::uint32_t{0});  // comments
  return packet;
}

}  // namespace

std::uint32_t opus_samples(std::string_view packet) {
  if (packet.empty()) return 0;
  static constexpr std::array<std::uint32_t, 4> kSilk{480, 960, 1920, 2880};
  static constexpr std::array<std::uint32_t, 4> kCelt{120, 240, 480, 960};
  const auto toc = static_cast<unsigned char>(packet[0]);
  const unsigned config = toc >> 3;
  const std::uint32_t frame = config < 12   ? kSilk[config % 4]
                              : config < 16 ? 480U << (config % 2)
                                            : kCelt[config % 4];
  std::uint32_t frames = (toc & 3) == 0 ? 1 : 2;
  if ((toc & 3) == 3) {
    if (packet.size() < 2) return 0;
    frames = static_cast<unsigned char>(packet[1]) & 0x3F;
  }
  return frame * frames <= kMaxSamples ? frame * frames : 0;
}

std::optional<std::string> to_ogg_opus(std::string_view packets, std::uint32_t input_rate_hz,
                                       std::size_t packets_per_page) {
  Pages pages(packets_per_page);
  pages.add(head(input_rate_hz), 0);
  pages.flush(kFirst);
  pages.add(tags(), 0);
  pages.flush(0);
  std::uint64_t granule = kPreSkip;
  while (!packets.empty()) {
    if (packets.size() < 2) return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(packets[0])) * 256 +
                               static_cast<unsigned char>(packets[1]);
    packets.remove_prefix(2);
    if (length > packets.size() || length > kMaxPacketBytes) return std::nullopt;
    const std::string_view packet = packets.substr(0, length);
    const std::uint32_t samples = opus_samples(packet);
    if (samples == 0) return std::nullopt;
    granule += samples;
    pages.add(packet, granule);
    packets.remove_prefix(length);
  }
  pages.flush(kLast);
  return std::move(pages.file);
}

}  // namespace earshot::audio
