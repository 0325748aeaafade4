// The identifiers of the field, as types that cannot be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace earshot {

// A device: its MAC address, lower case with colons (device-protocol 1.1). Stable over its life.
class DeviceId {
 public:
  DeviceId() = default;
  // As firmware, labels, routers and people write it: `aa:bb:..`, `aa-bb-..`, `aa_bb_..`, `aa.bb...`,
  // `aabb.ccdd.eeff` with any of these separators, `aabbccddeeff`; any case. nullopt for anything else.
  static std::optional<DeviceId> parse(std::string_view text);

  const std::string& text() const { return text_; }  // aa:bb:cc:dd:ee:ff; empty if default-made
  std::string underscored() const;                   // aa_bb_cc_dd_ee_ff
  auto operator<=>(const DeviceId&) const = default;

 private:
  std::string text_;
};

// A part of such an address from its beginning, or a whole one, in the form of DeviceId::text(): `02-BB-0a`
// is `02:bb:0a`. A part needs a separator. Empty for what can be none.
std::string address_part(std::string_view text);

// One hello..goodbye. Only [A-Za-z0-9_-]: the device echoes it into JSON without escaping (trap 37).
struct SessionId {
  std::string text;
  auto operator<=>(const SessionId&) const = default;
  static SessionId random();  // 128 bits from the system's generator
};

// Counts up within a session from 1. Anything tagged with an older turn is stale.
enum class TurnId : std::uint32_t {};
constexpr std::uint32_t number(TurnId turn) {
  return static_cast<std::uint32_t>(turn);
}
constexpr TurnId next(TurnId turn) {
  return TurnId{number(turn) + 1};
}

// Bytes 4..7 of every datagram of a session; unguessable, never 0.
enum class Ssrc : std::uint32_t {};
constexpr std::uint32_t number(Ssrc ssrc) {
  return static_cast<std::uint32_t>(ssrc);
}

}  // namespace earshot

template <>
struct std::hash<earshot::DeviceId> {
  std::size_t operator()(const earshot::DeviceId& id) const { return std::hash<std::string>{}(id.text()); }
};
