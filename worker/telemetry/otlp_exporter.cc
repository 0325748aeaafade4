#include "worker/telemetry/otlp_exporter.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/log/log.h"

namespace earshot::worker {

namespace {

spdlog::logger& traces_logger() {
  static spdlog::logger& instance = log::logger("traces");
  return instance;
}

}  // namespace

OtlpExporter::OtlpExporter(Executor executor, HttpClient& http, const Clock& clock, OtlpSettings settings,
                           SpanIds ids)
    : timer_(std::move(executor)),
      http_(http),
      clock_(clock),
      settings_(std::move(settings)),
      url_(otlp_traces_url(settings_.endpoint)),
      ids_(std::move(ids)) {}

OtlpExporter::~OtlpExporter() = default;

void OtlpExporter::add(const TurnTrace& trace) {
  if (waiting_.size() >= kMaxWaiting) {
    ++dropped_;
    return;
  }
  std::string spans = spans_of(trace, {.steady = clock_.now(), .wall = clock_.wall()}, ids_);
  if (spans.empty()) return;
  waiting_.push_back(std::move(spans));
  if (!armed_ && !call_) arm(kCollect);
}

void OtlpExporter::arm(Milliseconds after) {
  armed_ = true;
  timer_.expires_after(after);
  timer_.async_wait([this](error_code failure) {
    if (failure) return;
    armed_ = false;
    send();
  });
}

void OtlpExporter::send() {
  if (call_ || waiting_.empty()) return;
  const std::size_t turns = std::min(waiting_.size(), kBatch);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(turns);
  const std::vector<std::string> batch(std::make_move_iterator(waiting_.begin()),
                                       std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  HttpCall call;
  call.url = url_;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = otlp_request(settings_.resource, batch);
  call.deadlines = {
      .connect = kCallPatience, .first_byte = kCallPatience, .stall = kCallPatience, .total = kCallPatience};
  call.max_bytes = 64 * 1024;
  call_ =
      http_.start(std::move(call),
                  {.on_head = {},
                   .on_data = [](std::string_view) {},
                   .on_done = [this, turns](const Result<HttpHead>& answer) { on_answered(turns, answer); }});
}

void OtlpExporter::on_answered(std::size_t turns, const Result<HttpHead>& answer) {
  call_.reset();
  const bool taken = answer && answer->status / 100 == 2;
  const bool refused = answer && answer->status / 100 == 4 && answer->status != 429;
  (taken ? sent_ : refused ? refused_ : dropped_) += turns;
  if (!taken && !std::exchange(away_, true)) {
    traces_logger().warn("traces are not taken url={} why={}", url_,
                         answer ? describe_status(answer->status) : answer.error().message);
  }
  if (taken && std::exchange(away_, false)) traces_logger().info("traces are taken again url={}", url_);
  if (!taken) return arm(kAway);
  if (!waiting_.empty()) arm(ending_ || waiting_.size() >= kBatch ? Milliseconds(0) : kCollect);
}

}  // namespace earshot::worker
