#include "common/auth/path_probe.h"

#include <algorithm>

#include "common/base/hmac.h"

namespace earshot::auth {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kTicketAt = 4;
constexpr std::size_t kNonceAt = kTicketAt + 4;
constexpr std::size_t kMacAt = kNonceAt + 16;
constexpr std::size_t kMacBytes = 16;
static_assert(kMacAt + kMacBytes == kPathProbeBytes);

PathProbeDatagram build(std::uint8_t type, std::uint32_t expires, ByteView nonce, const Secret& key) {
  PathProbeDatagram datagram{};
  datagram[0] = type;
  datagram[1] = kVersion;
  store_be32(datagram.data() + kTicketAt, expires);
  std::ranges::copy(nonce, datagram.begin() + kNonceAt);
  const auto mac = hmac_sha256(as_bytes(key.reveal()), ByteView(datagram).first(kMacAt));
  std::copy_n(mac.begin(), kMacBytes, datagram.begin() + kMacAt);
  return datagram;
}

std::uint32_t seconds_of(SteadyTime time) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace

PathProbeDatagram path_probe_question(const PathProbeTicket& ticket, const PathProbeNonce& nonce) {
  return build(kPathProbeQuestion, ticket.expires, nonce, ticket.key);
}

bool is_path_probe_answer(ByteView datagram, const PathProbeTicket& ticket, const PathProbeNonce& nonce) {
  const auto expected = build(kPathProbeAnswer, ticket.expires, nonce, ticket.key);
  return equal_in_constant_time(as_text(expected), as_text(datagram));
}

PathProbeTicket PathProbeResponder::ticket(SteadyTime now) const {
  const std::uint32_t expires = seconds_of(now + kTicketLife);
  return {.expires = expires, .key = key_of(expires)};
}

std::optional<PathProbeDatagram> PathProbeResponder::answer(ByteView datagram, SteadyTime now) {
  if (datagram.size() != kPathProbeBytes || datagram[0] != kPathProbeQuestion) return std::nullopt;
  const std::uint32_t expires = load_be32(datagram.data() + kTicketAt);
  const std::uint32_t today = seconds_of(now);
  if (expires < today || expires - today > static_cast<std::uint32_t>(kTicketLife.count()))
    return std::nullopt;
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    checked_in_second_ = 0;
  }
  if (checked_in_second_ >= kChecksPerSecond) return std::nullopt;  // a flood costs no more than this
  ++checked_in_second_;
  const ByteView nonce = datagram.subspan(kNonceAt, 16);
  const Secret key = key_of(expires);
  const auto expected = build(kPathProbeQuestion, expires, nonce, key);
  if (!equal_in_constant_time(as_text(expected), as_text(datagram))) return std::nullopt;
  return build(kPathProbeAnswer, expires, nonce, key);
}

Secret PathProbeResponder::key_of(std::uint32_t expires) const {
  static constexpr std::string_view kPurpose = "path probe ";
  const auto key =
      hmac_sha256(as_bytes(secret_.reveal()), as_bytes(std::string(kPurpose) + std::to_string(expires)));
  return Secret(std::string(as_text(key)));
}

}  // namespace earshot::auth
