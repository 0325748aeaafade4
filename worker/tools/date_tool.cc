#include "worker/tools/date_tool.h"

#include <array>

namespace earshot::worker {

BuiltinToolOutput DateTool::run(const BuiltinToolInput& input) const {
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &input.local_time);
  return {.text = std::string(text.data(), size)};
}

}  // namespace earshot::worker
