// Times as people read and write them. Pure. Times are milliseconds since the epoch; 0 means never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::ctl {

// "950 ms", "12.3 s", "4 min 5 s", "3 h 20 min", "2 d 5 h"
std::string duration_text(std::int64_t ms);
// "now", "12 s ago", "5 min ago", "3 h ago", "2 d ago"; "in 5 min" for the future; "never" for 0
std::string relative_text(std::int64_t at_ms, std::int64_t now_ms);
// "2026-11-21 18:05:09", in UTC plus the offset given; "never" for 0
std::string date_text(std::int64_t at_ms, std::int64_t utc_offset_s);
// "500ms", "30s", "5m", "2h", "7d"; a bare number means seconds. nullopt for anything else.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

}  // namespace earshot::ctl
