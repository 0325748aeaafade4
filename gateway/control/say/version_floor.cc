#include "gateway/control/say/version_floor.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxParts = 8;

std::optional<std::vector<int>> parts_of(std::string_view text) {
  std::vector<int> parts;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (parts.size() < kMaxParts) {
    int part = 0;
    const auto [stop, failure] = std::from_chars(at, end, part);
    if (failure != std::errc() || part < 0 || *at == '-') return std::nullopt;
    parts.push_back(part);
    if (stop == end) return parts;
    if (*stop != '.' || stop + 1 == end) return std::nullopt;
    at = stop + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<VersionFloor> VersionFloor::parse(std::string_view text) {
  auto parts = parts_of(text);
  if (!parts) return std::nullopt;
  return VersionFloor(std::move(*parts));
}

bool VersionFloor::reached(std::string_view version) const {
  auto parts = parts_of(version);
  if (!parts) return false;
  std::vector<int> floor = parts_;
  const std::size_t size = std::max(parts->size(), floor.size());
  parts->resize(size);
  floor.resize(size);
  return *parts >= floor;
}

}  // namespace earshot::gateway
