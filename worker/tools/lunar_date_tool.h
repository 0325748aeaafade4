// Tells the date in the Chinese lunisolar calendar.
#pragma once

#include <string_view>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

inline constexpr std::string_view kLunarDateTool = "clock.lunar_date";

class LunarDateTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = std::string(kLunarDateTool),
      .description = "The date in the Chinese lunar calendar (农历), with the animal of the year.",
      .input_schema =
          R"({"type":"object","properties":{"date":{"type":"string","description":"YYYY-MM-DD; today if absent"}}})"};
};

}  // namespace earshot::worker
