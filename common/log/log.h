// The one door to spdlog. One named logger a module folder; lines speak to an operator: event, identifiers,
// consequence. No per-packet lines (LogLimiter, Counters), no secrets, no user speech.
//
//   log::logger("session").info("session opened session={} device={}", id, device);
#pragma once

#include <spdlog/logger.h>

#include <string_view>

namespace earshot::log {

// Call once at the start of main. `level`: trace debug info warn error. Lines go to stderr:
//   2026-11-21 10:40:00.123 info    gateway  session  session opened ...
// Throws std::invalid_argument for an unknown level.
void configure(std::string_view program, std::string_view level);

// The logger of a module, made on first use. Safe from any thread; keep the reference.
spdlog::logger& logger(std::string_view module);

}  // namespace earshot::log
