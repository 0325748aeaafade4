#include "worker/telemetry/provider_troubles.h"

#include <algorithm>
#include <string>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

ipc::ProviderTrouble::State state_of(ProviderState state) {
  switch (state) {
    case ProviderState::kOk:
      return ipc::ProviderTrouble::ANSWERS_AGAIN;
    case ProviderState::kFailing:
      return ipc::ProviderTrouble::FAILS;
    case ProviderState::kAway:
      return ipc::ProviderTrouble::LEFT_ALONE;
  }
  return ipc::ProviderTrouble::FAILS;
}

}  // namespace

void add_trouble(std::string_view stage, const ProviderRecord& record, SteadyTime now,
                 ipc::WorkerLoad& load) {
  if (load.troubles_size() >= kMaxTroubles) return;
  const ProviderHealth health = record.health(now);
  const Milliseconds ago = std::chrono::duration_cast<Milliseconds>(now - health.failed_at);
  const bool is_past = health.why.empty() || ago > kTroubleMemory;
  if (health.state == ProviderState::kOk && is_past) return;
  ipc::ProviderTrouble& trouble = *load.add_troubles();
  trouble.set_stage(std::string(stage));
  trouble.set_provider(record.name());
  trouble.set_state(state_of(health.state));
  // Protobuf takes valid UTF-8 only; the text was cut at a byte.
  trouble.set_why(json::clean_text(health.why, ProviderRecord::kMaxWhyBytes));
  trouble.set_failed_ms_ago(static_cast<std::uint64_t>(std::max<std::int64_t>(ago.count(), 0)));
}

}  // namespace earshot::worker
