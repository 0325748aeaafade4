#include "worker/tools/zone_file.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kTypeBytes = 6;  // offset 4, dst 1, name 1
constexpr std::int32_t kMaxOffset = 26 * 3600;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<std::uint8_t>(byte);
  return value;
}

struct ZoneHeader {
  std::size_t utc = 0;
  std::size_t standard = 0;
  std::size_t leaps = 0;
  std::size_t times = 0;
  std::size_t types = 0;
  std::size_t names = 0;

  std::size_t body_bytes(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * kTypeBytes + names + leaps * (time_bytes + 4) + standard + utc;
  }
};

std::optional<ZoneHeader> read_zone_header(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t place) {
    return static_cast<std::size_t>(big_endian(bytes.substr(20 + 4 * place, 4)));
  };
  const ZoneHeader header{count(0), count(1), count(2), count(3), count(4), count(5)};
  const auto sane = [](std::size_t n) { return n <= kMaxZoneFileBytes; };
  if (!sane(header.utc) || !sane(header.standard) || !sane(header.leaps) || !sane(header.times) ||
      !sane(header.types) || !sane(header.names) || header.types == 0)
    return std::nullopt;
  return header;
}

}  // namespace

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '/';
  });
}

std::optional<std::int32_t> zone_offset(std::string_view file, std::int64_t unix_seconds) {
  if (file.size() > kMaxZoneFileBytes) return std::nullopt;
  auto header = read_zone_header(file);
  if (!header) return std::nullopt;
  std::size_t time_bytes = 4;
  std::size_t at = kHeaderBytes;
  if (file[4] >= '2') {  // the second part has the same with 64 bits
    at += header->body_bytes(4);
    if (at > file.size()) return std::nullopt;
    header = read_zone_header(file.substr(at));
    if (!header) return std::nullopt;
    at += kHeaderBytes;
    time_bytes = 8;
  }
  if (file.size() - at < header->body_bytes(time_bytes)) return std::nullopt;
  const std::string_view times = file.substr(at, header->times * time_bytes);
  const std::string_view kinds = file.substr(at + times.size(), header->times);
  const std::string_view types = file.substr(at + times.size() + kinds.size(), header->types * kTypeBytes);
  std::size_t kind = 0;  // before the first transition
  for (std::size_t i = 0; i < header->times; ++i) {
    const std::uint64_t raw = big_endian(times.substr(i * time_bytes, time_bytes));
    const std::int64_t from =
        time_bytes == 4 ? static_cast<std::int32_t>(raw) : static_cast<std::int64_t>(raw);
    if (from > unix_seconds) break;
    kind = static_cast<std::uint8_t>(kinds[i]);
  }
  if (kind >= header->types) return std::nullopt;
  const auto offset = static_cast<std::int32_t>(big_endian(types.substr(kind * kTypeBytes, 4)));
  if (offset < -kMaxOffset || offset > kMaxOffset) return std::nullopt;
  return offset;
}

}  // namespace earshot::worker
