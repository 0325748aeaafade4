// Tells the time of day: "14:05".
#pragma once

#include <string_view>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

inline constexpr std::string_view kTimeTool = "clock.time";

class TimeTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = std::string(kTimeTool),
                 .description = "The local time of day, as HH:MM in 24 hours.",
                 .input_schema = R"({"type":"object","properties":{}})"};
};

}  // namespace earshot::worker
