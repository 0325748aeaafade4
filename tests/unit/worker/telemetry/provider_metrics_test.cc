#include "worker/telemetry/provider_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::HasSubstr;

constexpr SteadyTime kNow{std::chrono::hours(1)};

std::string text_of(const ProviderRecord& record) {
  metrics::Page page;
  write_provider("llm", record, kNow, page);
  return page.text();
}

TEST(ProviderMetrics, TellUseFailureAndTheBreaker) {
  ProviderRecord record("clever", {.failures = 1});
  record.add(ProviderEvent::kUsed);
  record.add(ProviderEvent::kFailed);
  const auto closed = R"(earshot_provider_circuit_open{stage="llm",provider="clever"} 0)";
  EXPECT_THAT(text_of(record), HasSubstr(closed));
  record.breaker().on_failure(CircuitBreaker::Admission::kAdmitted, kNow);
  const std::string text = text_of(record);
  EXPECT_THAT(text,
              HasSubstr(R"(earshot_provider_events_total{stage="llm",provider="clever",event="failed"} 1)"));
  EXPECT_THAT(
      text, HasSubstr(R"(earshot_provider_events_total{stage="llm",provider="clever",event="took_over"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(earshot_provider_circuit_open{stage="llm",provider="clever"} 1)"));
}

}  // namespace
}  // namespace earshot::worker
