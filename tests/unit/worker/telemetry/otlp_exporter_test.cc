#include "worker/telemetry/otlp_exporter.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "common/json/json.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::worker {
namespace {

class OtlpExporterTest : public ::testing::Test {
 protected:
  OtlpExporterTest() {
    collector_.on("POST", "/v1/traces", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
      answer.head(200, "application/json");
      answer.send("{}");
    });
  }

  void make(const std::string& endpoint) {
    exporter_.emplace(io_.get_executor(), http_, clock_,
                      OtlpSettings{.endpoint = endpoint, .resource = {.worker = "w1", .version = "1"}},
                      SpanIds{.trace = [] { return TraceId{1}; }, .span = [] { return SpanId{2}; }});
  }
  void add(int turns) {
    for (int i = 0; i < turns; ++i) {
      TurnTrace trace("s", static_cast<std::uint32_t>(i), TurnSource::kText);
      trace.mark(TurnMark::kBegan, clock_.now());
      trace.mark(TurnMark::kEnded, clock_.now() + Milliseconds(5));
      exporter_->add(trace);
    }
  }
  std::map<std::string, std::uint64_t, std::less<>> counts() const {
    std::map<std::string, std::uint64_t, std::less<>> all;
    exporter_->visit_counters(
        [&](std::string_view name, std::uint64_t count) { all[std::string(name)] = count; });
    return all;
  }
  void run_until(auto condition) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < patience)
      io_.run_one_for(std::chrono::seconds(1));
    ASSERT_TRUE(condition());
  }

  asio::io_context io_{1};
  fakes::FakeHttpServer collector_;
  fakes::ManualClock clock_;
  HttpClient http_{io_};
  std::optional<OtlpExporter> exporter_;
};

TEST_F(OtlpExporterTest, TurnsGoInOneBatch) {
  make(collector_.url());
  add(3);
  exporter_->flush();
  run_until([&] { return counts()["traces_sent"] == 3; });
  ASSERT_EQ(collector_.requests().size(), 1U);
  const fakes::FakeRequest request = collector_.requests()[0];
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  const auto body = json::parse_value(request.body, 1 << 20).value();
  EXPECT_EQ(body.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array().size(), 3U);
}

TEST_F(OtlpExporterTest, AtTheEndWhatWaitsBehindACallIsSentAtOnce) {
  make(collector_.url());
  add(1);
  exporter_->flush();
  add(1);
  exporter_->flush();
  const auto began = std::chrono::steady_clock::now();
  run_until([&] { return counts()["traces_sent"] == 2; });
  EXPECT_LT(std::chrono::steady_clock::now() - began, OtlpExporter::kCollect);
}

TEST_F(OtlpExporterTest, ACollectorThatIsAwayIsGivenUpAndMemoryIsBounded) {
  make("http://127.0.0.1:9");
  add(1);
  exporter_->flush();
  run_until([&] { return counts()["traces_dropped"] == 1; });
  add(static_cast<int>(OtlpExporter::kMaxWaiting) + 10);
  EXPECT_EQ(counts()["traces_dropped"], 11U) << "the newest are not taken";
}

TEST_F(OtlpExporterTest, WhatACollectorRefusesIsCountedApart) {
  collector_.set_fault({.status = 400, .body = "no"});
  make(collector_.url());
  add(2);
  exporter_->flush();
  run_until([&] { return counts()["traces_refused"] == 2; });
  EXPECT_EQ(counts()["traces_dropped"], 0U);
}

}  // namespace
}  // namespace earshot::worker
