// Tells the time of day: "14:05"; of a named time zone, too.
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
  ToolSpec spec_{
      .name = std::string(kTimeTool),
      .description = "The local time of day, as HH:MM in 24 hours; with `zone` that of another place.",
      .input_schema = R"({"type":"object","properties":{"zone":{"type":"string",)"
                      R"("description":"IANA name, such as Asia/Tokyo"}}})"};
};

}  // namespace earshot::worker
