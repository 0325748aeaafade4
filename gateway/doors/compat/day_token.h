// The established console's way of showing that it may command devices: the hex SHA-256 of a date and a key
// that both know, good for a day (docs/commands.md, "The door of the established console"). Pure.
//
// Weaker than our own tokens (whoever reads one request may repeat it all day), so this door is shut unless
// it is configured (docs/commands.md).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/base/secret.h"

namespace earshot::compat {

// `2026-11-21` + key.
std::string day_token(std::chrono::sys_days day, const Secret& key);

// Yesterday, today and tomorrow in UTC: every local date is one of them. Constant-time.
bool is_day_token(std::string_view given, const Secret& key, std::chrono::system_clock::time_point now);

}  // namespace earshot::compat
