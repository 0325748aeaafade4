// Units of length, mass, temperature, volume and speed, as people name them in English and Chinese. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace earshot::worker {

enum class Quantity { kLength, kMass, kTemperature, kCapacity, kSpeed };

struct Unit {
  Quantity quantity{};
  // In metres, grams, kelvin, litres, metres a second: value * factor + offset. Exact by definition (SI, and
  // the international yard and pound of 1959); the gallon, pint, cup and ounce of liquids are the US ones.
  double factor = 1;
  double offset = 0;
  std::string_view singular;  // "mile"
  std::string_view plural;    // "miles"
  std::string_view chinese;   // 英里
  std::string_view others;    // more names of it, with commas
};

struct ReadUnit {
  const Unit* unit = nullptr;  // of the table: never dies
  std::size_t words = 0;
};

// The unit that `words` begins with, the longest name.
std::optional<ReadUnit> read_unit(std::span<const std::string> words);
const Unit* whole_unit(std::span<const std::string> words);  // nullptr: something else, or more

// REQUIRES: the same quantity.
double converted(double value, const Unit& from, const Unit& to);

}  // namespace earshot::worker
