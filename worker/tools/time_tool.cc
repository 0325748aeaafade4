#include "worker/tools/time_tool.h"

#include <array>

namespace earshot::worker {

BuiltinToolOutput TimeTool::run(const BuiltinToolInput& input) const {
  std::array<char, 16> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%H:%M", &input.local_time);
  return {.text = std::string(text.data(), size)};
}

}  // namespace earshot::worker
