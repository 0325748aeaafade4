// Several sources as one. Of two tools of one name that of the earlier source counts.
//
// Runs on: the executor of the conversations.
// Borrows: the sources.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "worker/tools/tool_source.h"

namespace earshot::worker {

class ToolSources final : public ToolSource {
 public:
  explicit ToolSources(std::vector<ToolSource*> sources);

  ToolList tools() const override;
  std::unique_ptr<OutsideRun> run(const std::string& name, json::object arguments,
                                  std::function<void(OutsideAnswer)> done) override;

 private:
  std::vector<ToolSource*> sources_;
  mutable std::vector<ToolList> seen_;  // of each source, when `all_` was made
  mutable ToolList all_;
};

}  // namespace earshot::worker
