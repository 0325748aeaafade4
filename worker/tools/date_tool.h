// Tells the date: "2026-11-21".
#pragma once

#include <string_view>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

inline constexpr std::string_view kDateTool = "clock.date";

class DateTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = std::string(kDateTool),
                 .description = "Today's local date, as YYYY-MM-DD.",
                 .input_schema = R"({"type":"object","properties":{}})"};
};

}  // namespace earshot::worker
