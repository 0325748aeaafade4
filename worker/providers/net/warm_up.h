// Which services need a connection opened ahead of its use. A connection that was used or opened a moment ago
// is still there; one that has been idle may have been closed by the service, and the first turn of a session
// would pay for TCP and TLS. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace earshot::worker {

class WarmUp {
 public:
  // Many services close an idle connection after a minute, some after 15 s (nginx: 75 s, Node: 5 s, AWS: 60
  // s). A shorter time would cost a request without use at each of many sessions.
  static constexpr Milliseconds kInterval{15'000};

  void add(std::string url) { urls_.push_back(std::move(url)); }
  // A session begins.
  // RETURNS: what to open; nothing within kInterval of the time before.
  std::vector<std::string> due(SteadyTime now);

 private:
  std::vector<std::string> urls_;
  SteadyTime next_{};
};

}  // namespace earshot::worker
