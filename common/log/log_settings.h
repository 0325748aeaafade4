// How lines are written, beside what log::configure() is told: their form, and the level while the program runs.
#pragma once

#include <string_view>

namespace earshot::log {

// One JSON object a line (json_line.h) instead of text. Call before configure(), while main is the only thread.
void use_json();
bool uses_json();

// From here on; any thread. Throws std::invalid_argument for an unknown level.
void set_level(std::string_view level);

}  // namespace earshot::log
