// The trace of a turn as OpenTelemetry spans, in the JSON form of OTLP/HTTP (opentelemetry-proto,
// ExportTraceServiceRequest): one span for the turn, and below it one for each of hearing, model, voice and tools
// that took part. Nothing of what was said is among the attributes. Pure: ids and times are given.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

struct OtlpResource {
  std::string worker;  // service.instance.id
  std::string version;
};

// Steady times have no date: both clocks read at one moment give it.
struct ClockPair {
  SteadyTime steady{};
  std::chrono::system_clock::time_point wall{};
};

using SpanId = std::array<std::uint8_t, 8>;
using TraceId = std::array<std::uint8_t, 16>;

// Not all zero, which would mean "none".
struct SpanIds {
  std::function<TraceId()> trace;
  std::function<SpanId()> span;
};

// The spans of one turn as JSON objects, separated by commas; empty: the turn holds no time.
std::string spans_of(const TurnTrace& trace, const ClockPair& clocks, const SpanIds& ids);
// The body of POST /v1/traces.
std::string otlp_request(const OtlpResource& resource, const std::vector<std::string>& spans);

// The address that spans are sent to: an address without a path gets /v1/traces, as the protocol's SDKs do.
std::string otlp_traces_url(std::string_view endpoint);

}  // namespace earshot::worker
