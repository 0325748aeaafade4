#include "gateway/control/firmware/rollout.h"

#include <algorithm>
#include <charconv>

#include "common/base/sha256.h"

namespace earshot::gateway {

namespace {

bool is_for(const store::FirmwareImage& image, const RolloutDevice& device) {
  if (!image.enabled || image.board != device.board) return false;
  if (!image.minimum_version.empty() && is_newer(image.minimum_version, device.version)) return false;
  return rollout_bucket(device.device, image.id) < image.percentage;
}

}  // namespace

std::optional<std::vector<int>> parse_version(std::string_view version) {
  constexpr std::size_t kMaxDigits = 9;  // below 2^31 in any case
  if (version.empty() || version.size() > 32) return std::nullopt;
  std::vector<int> parts;
  while (true) {
    const auto dot = version.find('.');
    const std::string_view part = version.substr(0, dot);
    const bool digits = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    if (part.empty() || part.size() > kMaxDigits || !digits) return std::nullopt;
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    parts.push_back(number);
    if (dot == std::string_view::npos) return parts;
    version.remove_prefix(dot + 1);
  }
}

bool is_newer(std::string_view offered, std::string_view running) {
  const auto a = parse_version(offered);
  const auto b = parse_version(running);
  return a && b && *a > *b;
}

int rollout_bucket(const DeviceId& device, std::string_view image) {
  std::string both = device.text();
  both.append(1, '|').append(image);
  return static_cast<int>(load_be32(sha256(as_bytes(both)).data()) % 100);
}

const store::FirmwareImage* choose_image(std::span<const store::FirmwareImage> images,
                                         const RolloutDevice& device) {
  // A device whose version nobody can read would be offered the same image at each boot.
  if (!device.auto_update || !parse_version(device.version)) return nullptr;
  // A forced one that it runs already still keeps the others away: they are what it was forced from.
  const store::FirmwareImage* forced = nullptr;
  for (const auto& image : images) {
    if (!image.force || !is_for(image, device)) continue;
    if (forced == nullptr || image.created > forced->created) forced = &image;
  }
  if (forced != nullptr) return forced->version == device.version ? nullptr : forced;

  const store::FirmwareImage* newest = nullptr;
  for (const auto& image : images) {
    if (image.force || !is_for(image, device) || !is_newer(image.version, device.version)) continue;
    if (newest == nullptr || is_newer(image.version, newest->version)) newest = &image;
  }
  return newest;
}

}  // namespace earshot::gateway
