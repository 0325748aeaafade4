// What a worker tells its gateways of services that do not answer, for whoever looks after them.
#pragma once

#include <string_view>

#include "common/base/clock.h"
#include "ipc.pb.h"
#include "worker/providers/fallback/provider_record.h"

namespace earshot::worker {

inline constexpr int kMaxTroubles = 64;
// So long after its last failure a service that answers again is still told of.
inline constexpr Milliseconds kTroubleMemory{15 * 60'000};

// Adds the provider to `load` when it fails, is left alone, or has failed lately; up to kMaxTroubles of them.
void add_trouble(std::string_view stage, const ProviderRecord& record, SteadyTime now, ipc::WorkerLoad& load);

}  // namespace earshot::worker
