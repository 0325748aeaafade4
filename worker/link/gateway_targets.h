// Which gateways a worker is to be linked to: addresses as they are, names for as long as they lead to something.
// A name is looked up again and again; an address that left its answer is given up, a new one dialled. Pure.
//
// A look-up that fails, or finds nothing, changes nothing: what is linked goes on. It is told once, and tried again
// with a growing pause.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/ipc/endpoint.h"

namespace earshot::worker {

// One gateway: where it is, and the name that its certificate must bear.
struct GatewayTarget {
  ipc::Endpoint endpoint;  // without a name that is to be found
  std::string name;        // empty: not over TLS
};

class GatewayTargets {
 public:
  // The system's resolver does not tell how long an answer holds; clusters change within tens of seconds.
  static constexpr Milliseconds kAskAgain{10'000};
  static constexpr Milliseconds kFirstPause{1000};
  static constexpr Milliseconds kLongestPause{30'000};
  static constexpr std::size_t kMostOfAName = 64;  // of one answer

  struct Question {
    std::size_t which = 0;  // for answered()
    std::string host;
  };
  struct Change {
    std::vector<GatewayTarget> added = {};
    std::vector<GatewayTarget> gone = {};
    std::string tell = {};  // for the log; empty: nothing to tell
  };

  explicit GatewayTargets(const std::vector<ipc::Endpoint>& configured);

  // Those that need no look-up.
  const std::vector<GatewayTarget>& fixed() const { return fixed_; }
  // Names to look up now; each is asked for once until it is answered.
  std::vector<Question> due(SteadyTime now);
  // `addresses`: numeric; empty: nothing was found, because of `why`.
  Change answered(std::size_t which, const std::vector<std::string>& addresses, const std::string& why,
                  SteadyTime now);

 private:
  struct Name {
    ipc::Endpoint endpoint;
    std::map<std::string, GatewayTarget> now = {};  // by address
    SteadyTime ask_at{};
    Milliseconds pause = kFirstPause;
    bool asked = false;
    bool told = false;
  };
  std::vector<GatewayTarget> fixed_;
  std::vector<Name> names_;
};

}  // namespace earshot::worker
