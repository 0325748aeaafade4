// Whether a firmware is new enough: versions of dotted numbers, as devices tell them. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace earshot::gateway {

class VersionFloor {
 public:
  // nullopt: not dotted numbers ("2", "2.5.0").
  static std::optional<VersionFloor> parse(std::string_view text);
  // A version that is no dotted numbers reaches nothing. Missing parts are 0.
  bool reached(std::string_view version) const;

 private:
  explicit VersionFloor(std::vector<int> parts) : parts_(std::move(parts)) {}
  std::vector<int> parts_;
};

}  // namespace earshot::gateway
