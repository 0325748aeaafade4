#include "worker/providers/net/warm_up.h"

namespace earshot::worker {

std::vector<std::string> WarmUp::due(SteadyTime now) {
  if (now < next_) return {};
  next_ = now + kInterval;
  return urls_;
}

}  // namespace earshot::worker
