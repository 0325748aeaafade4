#include "worker/tools/end_session_tool.h"

namespace earshot::worker {

BuiltinToolOutput EndSessionTool::run(const BuiltinToolInput&) const {
  return {.text = std::string("the conversation ends after this reply"), .end_session = true};
}

}  // namespace earshot::worker
