// Randomness for keys and identifiers, from the system's generator. Safe from any thread.
// Behaviour that a test must repeat (jitter, simulators) takes a seed instead.
#pragma once

#include <cstdint>
#include <span>

namespace earshot {

void fill_random(std::span<std::uint8_t> out);
std::uint32_t random_u32();

}  // namespace earshot
