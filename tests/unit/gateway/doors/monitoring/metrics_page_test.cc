#include "gateway/doors/monitoring/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const GatewayFigures& figures) {
  metrics::Page page;
  write_metrics(figures, page);
  return page.text();
}

TEST(MetricsPage, TellsShardsWorkersAndEvents) {
  GatewayFigures figures;
  figures.broker_connected = true;
  figures.others = {{"broker_restarts", 2}};
  for (std::uint32_t shard = 0; shard < 2; ++shard) {
    figures.shards.push_back(
        {.index = shard,
         .sessions = 7 + shard,
         .workers = {{.id = "w1", .capacity = 100, .sessions = 7, .busy_permille = 250, .draining = false}},
         .counters = {{"media_replayed", 3}}});
  }
  const std::string text = text_of(figures);
  for (const char* line :
       {"earshot_gateway_broker_connected 1\n", "earshot_gateway_sessions{shard=\"0\"} 7\n",
        "earshot_gateway_sessions{shard=\"1\"} 8\n", "earshot_gateway_workers{shard=\"0\"} 1\n",
        "earshot_gateway_worker_busy_ratio{shard=\"1\",worker=\"w1\"} 0.25\n",
        "earshot_gateway_events_total{event=\"media_replayed\",shard=\"1\"} 3\n",
        "earshot_gateway_events_total{event=\"broker_restarts\",shard=\"\"} 2\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(MetricsPage, WorkersMakeNoEndOfSeries) {
  GatewayFigures figures;
  figures.shards.push_back({});
  for (int i = 0; i < 1000; ++i) figures.shards[0].workers.push_back({.id = "w" + std::to_string(i)});
  const std::string text = text_of(figures);
  EXPECT_THAT(text, HasSubstr("worker=\"w255\""));
  EXPECT_THAT(text, Not(HasSubstr("worker=\"w256\"")));
  EXPECT_THAT(text, HasSubstr("earshot_gateway_workers{shard=\"0\"} 1000\n"));
}

// Copies of a worker that run with one certificate have one name.
TEST(MetricsPage, WorkersOfOneNameAreOneSeries) {
  GatewayFigures figures;
  figures.shards.emplace_back().workers = {
      {.id = "w", .capacity = 100, .sessions = 7, .busy_permille = 250, .draining = true},
      {.id = "other", .capacity = 5},
      {.id = "w", .capacity = 50, .sessions = 2, .busy_permille = 750, .draining = false}};
  const std::string text = text_of(figures);
  for (const char* line : {"earshot_gateway_workers{shard=\"0\"} 3\n",
                           "earshot_gateway_worker_sessions{shard=\"0\",worker=\"w\"} 9\n",
                           "earshot_gateway_worker_capacity{shard=\"0\",worker=\"w\"} 150\n",
                           "earshot_gateway_worker_busy_ratio{shard=\"0\",worker=\"w\"} 0.75\n",
                           "earshot_gateway_worker_draining{shard=\"0\",worker=\"w\"} 0\n",
                           "earshot_gateway_worker_capacity{shard=\"0\",worker=\"other\"} 5\n"})
    EXPECT_THAT(text, HasSubstr(line));
  const std::string series = "earshot_gateway_worker_capacity{shard=\"0\",worker=\"w\"}";
  EXPECT_EQ(text.find(series), text.rfind(series));
}

}  // namespace
}  // namespace earshot::gateway
