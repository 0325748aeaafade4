// The one door to spdlog. One named logger a module folder; lines speak to an operator: event, identifiers,
// consequence. No per-packet lines (LogLimiter, Counters), no secrets, no user speech.
//
//   log::logger("session").info("session opened session={} device={}", id, device);
//
// A line costs its caller the formatting and never waits for the reader: line_writer.h.
#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::log {

// Call once at the start of main, while it is the only thread. `level`: trace debug info warn error. Lines go
// to stderr:
//   2026-11-21 10:40:00.123 info    gateway  session  session opened ...
// Throws std::invalid_argument for an unknown level.
void configure(std::string_view program, std::string_view level);

// The logger of a module, made on first use. Safe from any thread; keep the reference.
spdlog::logger& logger(std::string_view module);

// Before the process ends, or tells why it does: what was logged is written then, unless nobody reads it.
// Blocks, at most `patience`.
void flush(Milliseconds patience = Milliseconds(1000));

// Lines that nobody has read in time. Any thread.
std::uint64_t lines_lost();

}  // namespace earshot::log
