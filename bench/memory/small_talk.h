// What a household says all day to a device, so that what is asked for has to be found among it. Seeded.
#pragma once

#include <random>
#include <string>

namespace earshot::bench {

std::string small_talk(std::mt19937& random);

}  // namespace earshot::bench
