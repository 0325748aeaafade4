// Opus packets as an Ogg file that browsers play (RFC 3533, RFC 7845). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::audio {

// `packets`: one after the other, each behind its length as 2 bytes, big-endian. `input_rate_hz` is told
// only, for people. nullopt: cut short, or a packet that is no Opus. Bounded by its input: about 1 % more, some
// more with fewer packets a page: a player that streams begins when it has a page whole.
std::optional<std::string> to_ogg_opus(std::string_view packets, std::uint32_t input_rate_hz,
                                       std::size_t packets_per_page = 255);

// Samples at 48 kHz that a packet holds (RFC 6716 3.1); 0 when it is none.
std::uint32_t opus_samples(std::string_view packet);

}  // namespace earshot::audio
