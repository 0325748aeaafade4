// Ends the conversation once the reply of this turn has been heard.
#pragma once

#include <string_view>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

inline constexpr std::string_view kEndSessionTool = "session.end";

class EndSessionTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = std::string(kEndSessionTool),
                 .description = "End the conversation. Say goodbye in the same reply.",
                 .input_schema = R"({"type":"object","properties":{}})"};
};

}  // namespace earshot::worker
