// Who works on a request of a stage: told by whoever chooses between providers, for the trace of the turn.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/result.h"

namespace earshot::worker {

struct ProviderNote {
  struct Replaced {
    std::string name;
    ErrorCode why = ErrorCode::kInternal;
  };
  std::string name;                       // as in the configuration
  std::optional<Replaced> replaced = {};  // the one before it, which has failed
};

// May come from inside the call that opens the stream: the request has begun with this provider.
using OnProvider = std::function<void(const ProviderNote&)>;

}  // namespace earshot::worker
