#include "bench/simulator/load/ws_wire.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace earshot::simulator {

namespace {

constexpr std::string_view kScheme = "ws://";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kMasked = 0x80;

void append_head_text(Bytes& out, std::string_view text) {
  const ByteView bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::optional<WsUrl> WsUrl::parse(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  const auto colon = std::min(authority.find(':'), authority.size());
  WsUrl url;
  url.host = authority.substr(0, colon);
  if (slash < text.size()) url.path = text.substr(slash);
  if (colon < authority.size()) {
    const std::string_view port = authority.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size() || url.port == 0) return std::nullopt;
  }
  if (url.host.empty()) return std::nullopt;
  return url;
}

void append_ws_upgrade(Bytes& out, const WsUrl& url,
                       const std::vector<std::pair<std::string, std::string>>& headers) {
  append_head_text(out, "GET " + url.path + " HTTP/1.1\r\nHost: " + url.host +
                            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
  for (const auto& [name, value] : headers) append_head_text(out, name + ": " + value + "\r\n");
  append_head_text(out, "\r\n");
}

void append_ws_frame(Bytes& out, WsOpcode opcode, ByteView payload, std::uint32_t mask) {
  out.push_back(static_cast<std::uint8_t>(kFin | static_cast<std::uint8_t>(opcode)));
  if (payload.size() < 126) {
    out.push_back(static_cast<std::uint8_t>(kMasked | payload.size()));
  } else {
    out.push_back(kMasked | 126);
    out.push_back(static_cast<std::uint8_t>(payload.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(payload.size() & 0xFF));
  }
  std::array<std::uint8_t, 4> key{};
  store_be32(key.data(), mask);
  out.insert(out.end(), key.begin(), key.end());
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(payload[i] ^ key[i % key.size()]);
}

std::optional<WsReader::Item> WsReader::take_head() {
  const std::string_view text = as_text(buffer_);
  const auto end = text.find(kHeadEnd);
  if (end == std::string_view::npos) {
    if (buffer_.size() > kMaxHead) broken_ = "the answer to the upgrade has no end";
    return std::nullopt;
  }
  if (!text.starts_with("HTTP/1.1 101")) {
    broken_ = "the upgrade is refused: " + std::string(text.substr(0, text.find('\r')));
    return std::nullopt;
  }
  upgraded_ = true;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(end + kHeadEnd.size()));
  return Item{.upgraded = true, .payload = {}};
}

std::optional<WsReader::Item> WsReader::next() {
  if (!broken_.empty()) return std::nullopt;
  if (!upgraded_) return take_head();
  if (buffer_.size() < 2) return std::nullopt;
  const bool whole = (buffer_[0] & kFin) != 0;
  if (!whole || (buffer_[0] & 0x70) != 0 || (buffer_[1] & kMasked) != 0) {
    broken_ = "a frame that is masked, compressed or in parts";
    return std::nullopt;
  }
  std::size_t head = 2;
  std::size_t size = buffer_[1] & 0x7F;
  if (size == 127) {
    broken_ = "a frame is too large";
    return std::nullopt;
  }
  if (size == 126) {
    head = 4;
    if (buffer_.size() < head) return std::nullopt;
    size = load_be16(buffer_.data() + 2);
  }
  if (buffer_.size() < head + size) return std::nullopt;
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(head);
  const auto to = from + static_cast<std::ptrdiff_t>(size);
  Item item{
      .upgraded = false, .opcode = static_cast<WsOpcode>(buffer_[0] & 0x0F), .payload = Bytes(from, to)};
  buffer_.erase(buffer_.begin(), to);
  return item;
}

}  // namespace earshot::simulator
