// Puts the parts of an AgentSet together again. Pure; the parts are hostile.
#pragma once

#include <cstddef>
#include <optional>

#include "common/ipc/agent_set_limits.h"
#include "ipc.pb.h"

namespace earshot::worker {

class AgentSetReader {
 public:
  // Whole sets beyond these are not taken.
  static constexpr std::size_t kMaxBytes = ipc::kMaxAgentSetBytes;
  static constexpr int kMaxEntries = 1000;

  // RETURNS: the whole set, behind its last part. One that is too large is empty but for its revision, and
  // too_large() is true until the next part.
  std::optional<ipc::AgentSet> add(const ipc::AgentSet& part);
  bool too_large() const { return too_large_; }

 private:
  ipc::AgentSet set_;
  std::size_t bytes_ = 0;
  bool too_large_ = false;
};

}  // namespace earshot::worker
