// A time zone as zoneinfo has it (TZif, RFC 8536): what the clocks of a place show. Pure.
//
// Read here and not by the C library, whose zone is the whole process's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace earshot::worker {

inline constexpr std::size_t kMaxZoneFileBytes = 64 * 1024;  // the largest of tzdata 2024 has 4 KiB

// "Asia/Tokyo": letters, digits and _ + - / only, in parts that are not empty: no way out of the folder.
bool is_zone_name(std::string_view name);

// Seconds east of Greenwich at `unix_seconds`. Transitions that the file names count, behind the last of them
// the offset that it set: tzdata's `fat` files, as of Debian, name them until 2037.
// nullopt: the bytes are no such file.
std::optional<std::int32_t> zone_offset(std::string_view file, std::int64_t unix_seconds);

}  // namespace earshot::worker
