#include "worker/telemetry/provider_metrics.h"

#include <array>

namespace earshot::worker {

namespace {

struct NamedEvent {
  ProviderEvent event;
  const char* name;
};
constexpr std::array kEvents = {
    NamedEvent{ProviderEvent::kUsed, "used"}, NamedEvent{ProviderEvent::kFailed, "failed"},
    NamedEvent{ProviderEvent::kSkipped, "skipped"}, NamedEvent{ProviderEvent::kTookOver, "took_over"},
    NamedEvent{ProviderEvent::kRefused, "refused"}};
static_assert(kEvents.size() == static_cast<std::size_t>(ProviderEvent::kCount));

}  // namespace

void write_provider(const std::string& stage, const ProviderRecord& record, SteadyTime now,
                    metrics::Page& page) {
  for (const auto& [event, name] : kEvents) {
    page.counter("earshot_provider_events_total",
                 "Requests of each provider: used, failed, skipped, took_over, refused.",
                 {{"stage", stage}, {"provider", record.name()}, {"event", name}},
                 static_cast<double>(record.value(event)));
  }
  const bool open = record.breaker().state(now) != CircuitBreaker::State::kClosed;
  page.gauge("earshot_provider_circuit_open", "1: it has failed and is left alone for a while.",
             {{"stage", stage}, {"provider", record.name()}}, open ? 1 : 0);
}

}  // namespace earshot::worker
