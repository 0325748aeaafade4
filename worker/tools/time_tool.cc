#include "worker/tools/time_tool.h"

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <string>

#include "worker/tools/zone_file.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";

BuiltinToolOutput clock_text(const std::tm& time) {
  std::array<char, 16> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%H:%M", &time);
  return {.text = std::string(text.data(), size)};
}

// A small local file, as the C library reads it for localtime(): it does not hold up the thread.
std::string zone_file_of(std::string_view name) {
  std::ifstream file(std::string(kZoneFolder) + std::string(name), std::ios::binary);
  std::string bytes(kMaxZoneFileBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

BuiltinToolOutput TimeTool::run(const BuiltinToolInput& input) const {
  const auto zone = json::find_string(input.arguments, "zone");
  if (!zone || zone->empty()) return clock_text(input.local_time);
  if (!is_zone_name(*zone)) return {.text = Error{ErrorCode::kInvalid, "zone is no name of a time zone"}};
  const std::time_t now = std::chrono::system_clock::to_time_t(input.wall_time);
  const auto offset = zone_offset(zone_file_of(*zone), now);
  if (!offset) return {.text = Error{ErrorCode::kNotFound, "this machine does not know that time zone"}};
  const std::time_t there = now + *offset;
  std::tm time{};
  ::gmtime_r(&there, &time);
  return clock_text(time);
}

}  // namespace earshot::worker
