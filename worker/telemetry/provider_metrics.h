// What a chain knows of a provider, for Prometheus.
//
// Runs on: any thread.
#pragma once

#include <string>

#include "common/metrics/metrics.h"
#include "worker/providers/fallback/provider_record.h"

namespace earshot::worker {

void write_provider(const std::string& stage, const ProviderRecord& record, SteadyTime now,
                    metrics::Page& page);

}  // namespace earshot::worker
