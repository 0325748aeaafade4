#include "worker/link/agent_set_reader.h"

#include <utility>

namespace earshot::worker {

std::optional<ipc::AgentSet> AgentSetReader::add(const ipc::AgentSet& part) {
  const bool begins = bytes_ == 0 || part.revision() != set_.revision();
  if (begins) {
    set_.Clear();
    set_.set_revision(part.revision());
    bytes_ = 0;
    too_large_ = false;
  }
  bytes_ += 1 + part.ByteSizeLong();
  set_.mutable_providers()->MergeFrom(part.providers());
  set_.mutable_agents()->MergeFrom(part.agents());
  if (bytes_ > kMaxBytes || set_.providers_size() + set_.agents_size() > kMaxEntries) {
    too_large_ = true;
    set_.clear_providers();
    set_.clear_agents();
  }
  if (!part.last()) return std::nullopt;
  bytes_ = 0;
  return std::exchange(set_, {});
}

}  // namespace earshot::worker
