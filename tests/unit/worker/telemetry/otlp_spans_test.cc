#include "worker/telemetry/otlp_spans.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "common/json/json.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kSpansZero{std::chrono::hours(1)};
constexpr ClockPair kClocks{.steady = kSpansZero + 5s,
                            .wall = std::chrono::system_clock::time_point(1'000'005s)};

SpanIds counting_ids() {
  return {.trace = [] { return TraceId{0xAB}; },
          .span = [next = std::make_shared<std::uint8_t>(std::uint8_t{0})] { return SpanId{++*next}; }};
}

TurnTrace spoken_turn() {
  TurnTrace trace("s1", 3, TurnSource::kSpeech);
  trace.end = TurnEnd::kAnswered;
  trace.mark(TurnMark::kSpeechEnded, kSpansZero);
  trace.mark(TurnMark::kRecogniserAsked, kSpansZero + 600ms);
  trace.mark(TurnMark::kTranscript, kSpansZero + 700ms);
  trace.mark(TurnMark::kBrainAsked, kSpansZero + 701ms);
  trace.mark(TurnMark::kFirstToken, kSpansZero + 800ms);
  trace.tool_started("1", "self.\"volume\n", kSpansZero + 810ms);
  trace.tool_done("1", false, kSpansZero + 860ms);
  trace.mark(TurnMark::kBrainDone, kSpansZero + 900ms);
  trace.mark(TurnMark::kVoiceAsked, kSpansZero + 901ms);
  trace.fail(TurnStage::kTts, ErrorCode::kTimeout);
  trace.mark(TurnMark::kEnded, kSpansZero + 2s);
  return trace;
}

json::array spans_in(const std::string& body) {
  return json::parse_value(body, 1 << 20)
      .value()
      .at("resourceSpans")
      .at(0)
      .at("scopeSpans")
      .at(0)
      .at("spans")
      .as_array();
}

const json::object& span_named(const json::array& spans, std::string_view name) {
  for (const json::value& span : spans) {
    if (span.at("name").as_string() == name) return span.as_object();
  }
  throw std::runtime_error("no span " + std::string(name));
}

TEST(OtlpSpans, TellTheTurnAndEachStageBelowIt) {
  const std::string body =
      otlp_request({.worker = "w1", .version = "1.2"}, {spans_of(spoken_turn(), kClocks, counting_ids())});
  const json::array spans = spans_in(body);
  ASSERT_EQ(spans.size(), 5U);
  const json::object& turn = span_named(spans, "turn");
  EXPECT_EQ(turn.at("traceId").as_string(), "ab000000000000000000000000000000");
  EXPECT_EQ(turn.at("startTimeUnixNano").as_string(), "1000000000000000");
  EXPECT_EQ(turn.at("endTimeUnixNano").as_string(), "1000002000000000");
  EXPECT_FALSE(turn.contains("parentSpanId"));
  for (const char* name : {"asr", "llm", "tts", "tool"}) {
    EXPECT_EQ(span_named(spans, name).at("parentSpanId"), turn.at("spanId")) << name;
    EXPECT_EQ(span_named(spans, name).at("traceId"), turn.at("traceId")) << name;
  }
  EXPECT_EQ(span_named(spans, "asr").at("startTimeUnixNano").as_string(), "1000000600000000");
  EXPECT_EQ(span_named(spans, "llm").at("endTimeUnixNano").as_string(), "1000000900000000");
  EXPECT_FALSE(span_named(spans, "llm").contains("status"));
}

TEST(OtlpSpans, AStageThatGaveUpIsAnErrorUntilTheTurnsEnd) {
  const json::array spans = spans_in(otlp_request({}, {spans_of(spoken_turn(), kClocks, counting_ids())}));
  const json::object& voice = span_named(spans, "tts");
  EXPECT_EQ(voice.at("status").at("code").as_int64(), 2);
  EXPECT_EQ(voice.at("endTimeUnixNano").as_string(), "1000002000000000");
}

TEST(OtlpSpans, WhatTheModelCallsAToolIsMadePlain) {
  const std::string text = spans_of(spoken_turn(), kClocks, counting_ids());
  EXPECT_NE(text.find("self.?volume?"), std::string::npos);
}

TEST(OtlpSpans, ATurnWithoutATimeHasNone) {
  EXPECT_EQ(spans_of(TurnTrace("s", 1, TurnSource::kText), kClocks, counting_ids()), "");
}

TEST(OtlpSpans, AnAddressWithoutAPathGetsTheProtocols) {
  EXPECT_EQ(otlp_traces_url("http://collector:4318"), "http://collector:4318/v1/traces");
  EXPECT_EQ(otlp_traces_url("http://collector:4318/"), "http://collector:4318/v1/traces");
  EXPECT_EQ(otlp_traces_url("https://host/otlp/v1/traces"), "https://host/otlp/v1/traces");
}

}  // namespace
}  // namespace earshot::worker
