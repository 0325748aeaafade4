#include "common/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(MetricsPage, WritesWhatPrometheusReads) {
  Page page;
  page.counter("earshot_turns_total", "Turns that have ended.", {{"outcome", "answered"}}, 3);
  page.gauge("earshot_conversations", "Open now.", {}, 2);
  page.counter("earshot_turns_total", "Turns that have ended.", {{"outcome", "aborted"}}, 1);
  const std::string text = page.text();
  EXPECT_THAT(text, HasSubstr("# TYPE earshot_turns_total counter\n"
                              "earshot_turns_total{outcome=\"answered\"} 3\n"
                              "earshot_turns_total{outcome=\"aborted\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# HELP earshot_conversations Open now.\n"
                              "# TYPE earshot_conversations gauge\n"
                              "earshot_conversations 2\n"));
}

TEST(MetricsPage, LabelValuesCannotBreakALine) {
  Page page;
  page.gauge("earshot_worker_sessions", "Open now.", {{"worker", "a\"}\nb\\ 1"}}, 1);
  EXPECT_THAT(page.text(), HasSubstr("{worker=\"a\\\"}\\nb\\\\ 1\"} 1\n"));
}

TEST(MetricsPage, HistogramsAreCumulativeAndInSeconds) {
  DurationHistogram times;
  times.observe(1ms);
  times.observe(Microseconds(1001));
  times.observe(600ms);
  times.observe(10min);
  Page page;
  page.histogram("earshot_turn_seconds", "All of it.", {{"stage", "llm"}}, times);
  const std::string text = page.text();
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_bucket{stage=\"llm\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_bucket{stage=\"llm\",le=\"0.002\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_bucket{stage=\"llm\",le=\"0.6\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_bucket{stage=\"llm\",le=\"30\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_bucket{stage=\"llm\",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("earshot_turn_seconds_count{stage=\"llm\"} 4\n"));
}

}  // namespace
}  // namespace earshot::metrics
