// The files below gateway/console/web, as the linker put them into the binary (CMakeLists.txt: .incbin).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace earshot::gateway::console {

// As console_assets.S lays it out: three pointers.
struct Asset {
  const char* name;  // path below web/, ends with a zero
  const char* begin;
  const char* end;

  std::string_view path() const { return name; }
  std::string_view content() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

std::span<const Asset> assets();

}  // namespace earshot::gateway::console
