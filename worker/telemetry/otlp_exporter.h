// Sends the spans of ended turns to an OpenTelemetry collector, in batches. Telemetry is worth less than talk: it
// never waits, holds little, and gives up on a collector that is away.
//
// Runs on: the I/O thread.
// Owns: the batch, the call in progress, one timer.
// Borrows: the HTTP client and the clock, until destroyed.
// Bounded: kMaxWaiting turns; when they are full the newest is not taken, and counted. One call at a time; a batch
//   whose call failed is dropped and counted, and nothing is tried for kAway afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "worker/providers/net/http_client.h"
#include "worker/telemetry/otlp_spans.h"

namespace earshot::worker {

struct OtlpSettings {
  std::string endpoint;  // "http://127.0.0.1:4318"; empty: no traces
  OtlpResource resource;
};

class OtlpExporter {
 public:
  static constexpr std::size_t kMaxWaiting = 512;  // turns, some 3 kB each
  static constexpr std::size_t kBatch = 64;
  static constexpr Milliseconds kCollect{2000};  // for a batch to fill
  static constexpr Milliseconds kAway{30'000};
  static constexpr Milliseconds kCallPatience{5000};

  OtlpExporter(Executor executor, HttpClient& http, const Clock& clock, OtlpSettings settings, SpanIds ids);
  ~OtlpExporter();
  OtlpExporter(const OtlpExporter&) = delete;
  OtlpExporter& operator=(const OtlpExporter&) = delete;

  void add(const TurnTrace& trace);
  // What waits is sent now, or when the call in progress is answered: before the program ends.
  void flush() {
    ending_ = true;
    send();
  }

  // visitor(name, count)
  template <class Visitor>
  void visit_counters(Visitor&& visitor) const {
    visitor(std::string_view("traces_sent"), sent_);
    visitor(std::string_view("traces_dropped"), dropped_);
    visitor(std::string_view("traces_refused"), refused_);
  }

 private:
  void arm(Milliseconds after);
  void send();
  void on_answered(std::size_t turns, const Result<HttpHead>& answer);

  asio::steady_timer timer_;
  HttpClient& http_;
  const Clock& clock_;
  OtlpSettings settings_;
  std::string url_;
  SpanIds ids_;
  std::vector<std::string> waiting_;
  std::unique_ptr<HttpStream> call_;
  bool armed_ = false;
  bool ending_ = false;
  bool away_ = false;          // told, and not answered since
  std::uint64_t sent_ = 0;     // turns the collector has taken
  std::uint64_t dropped_ = 0;  // it was away or slow
  std::uint64_t refused_ = 0;  // it answered that it does not want them
};

}  // namespace earshot::worker
