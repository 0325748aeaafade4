#include "worker/telemetry/otlp_spans.h"

#include <algorithm>
#include <optional>
#include <span>

#include "common/base/bytes.h"
#include "common/json/json.h"
#include "worker/trace/turn_fields.h"

namespace earshot::worker {

namespace {

constexpr int kKindInternal = 1;  // SpanKind
constexpr int kKindServer = 2;
constexpr int kKindClient = 3;
constexpr int kStatusError = 2;  // StatusCode

// Int64 values are strings in the protocol's JSON.
std::string nanoseconds(SteadyTime time, const ClockPair& clocks) {
  const auto wall = clocks.wall.time_since_epoch() + (time - clocks.steady);
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
}

json::object text_attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", json::object{{"stringValue", value}}}};
}

json::object number_attribute(std::string_view key, std::uint64_t value) {
  return {{"key", key}, {"value", json::object{{"intValue", std::to_string(value)}}}};
}

// The turn's line, as attributes of its span.
class Attributes final : public TurnFields {
 public:
  explicit Attributes(json::array& out) : out_(out) {}
  using TurnFields::add;
  void add(std::string_view key, std::string_view value) override {
    out_.push_back(text_attribute(prefixed(key), value));
  }
  void add(std::string_view key, std::uint64_t value) override {
    out_.push_back(number_attribute(prefixed(key), value));
  }
  void add(std::string_view key, Microseconds time) override {
    out_.push_back(
        json::object{{"key", prefixed(key)},
                     {"value", json::object{{"doubleValue", static_cast<double>(time.count()) / 1000}}}});
  }

 private:
  static std::string prefixed(std::string_view key) { return "earshot." + std::string(key); }
  json::array& out_;
};

// "tool" and what is letters: the brain chose it, so it is not to be trusted.
std::string plain(std::string_view name) {
  std::string text(name.substr(0, 64));
  std::ranges::replace_if(
      text,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                 c == '.' || c == '-');
      },
      '?');
  return text;
}

class Spans {
 public:
  Spans(const TurnTrace& trace, const ClockPair& clocks, const SpanIds& ids)
      : trace_(trace),
        clocks_(clocks),
        ids_(ids),
        trace_id_(to_hex(ids.trace())),
        root_(to_hex(ids.span())) {}

  std::string all() {
    const auto begin = first();
    const auto end = last();
    if (!begin || !end) return {};
    json::array attributes;
    Attributes fields(attributes);
    tell(trace_, fields);
    const bool failed = trace_.end == TurnEnd::kApologised || trace_.end == TurnEnd::kUnvoiced;
    add(root_, "turn", kKindServer, *begin, *end, std::move(attributes), failed, false);
    stage("asr", TurnStage::kAsr, TurnMark::kRecogniserAsked, {TurnMark::kTranscript});
    stage("llm", TurnStage::kLlm, TurnMark::kBrainAsked, {TurnMark::kBrainDone, TurnMark::kFirstToken});
    stage("tts", TurnStage::kTts, TurnMark::kVoiceAsked, {TurnMark::kVoiceEnough, TurnMark::kVoiceFirst});
    between("playout", TurnMark::kFirstPacket, TurnMark::kPlayoutFinished);
    for (const ToolTrace& tool : trace_.tools()) add_tool(tool, *end);
    return std::move(text_);
  }

 private:
  std::optional<SteadyTime> first() const {
    std::optional<SteadyTime> found;
    each_mark([&](SteadyTime at) { found = found ? std::min(*found, at) : at; });
    return found;
  }
  std::optional<SteadyTime> last() const {
    std::optional<SteadyTime> found;
    each_mark([&](SteadyTime at) { found = found ? std::max(*found, at) : at; });
    return found;
  }
  void each_mark(auto&& visit) const {
    for (std::size_t i = 0; i < static_cast<std::size_t>(TurnMark::kCount); ++i) {
      if (const auto at = trace_.at(static_cast<TurnMark>(i))) visit(*at);
    }
  }

  // From `asked` to the first of `answered` that happened; a stage that gave up ends with the turn.
  void stage(std::string_view span, TurnStage which, TurnMark asked, std::vector<TurnMark> answered) {
    const auto from = trace_.at(asked);
    if (!from) return;
    const StageTrace& stage = trace_.stage(which);
    std::optional<SteadyTime> to;
    for (const TurnMark mark : answered) {
      if (!to) to = trace_.at(mark);
    }
    if (!to && !stage.error) return;
    json::array attributes;
    if (!stage.provider.empty())
      attributes.push_back(text_attribute("earshot.provider", plain(stage.provider)));
    if (stage.error) attributes.push_back(text_attribute("error.type", name(*stage.error)));
    attributes.push_back(number_attribute("earshot.failed_before", stage.failed.size()));
    add(to_hex(ids_.span()), span, kKindClient, *from, std::max(*from, to.value_or(*last())),
        std::move(attributes), stage.error.has_value(), true);
  }

  void between(std::string_view span, TurnMark from, TurnMark to) {
    const auto begin = trace_.at(from);
    const auto end = trace_.at(to);
    if (begin && end && *end >= *begin)
      add(to_hex(ids_.span()), span, kKindInternal, *begin, *end, {}, false, true);
  }

  void add_tool(const ToolTrace& tool, SteadyTime end) {
    const SteadyTime over = tool.took ? tool.started + *tool.took : std::max(end, tool.started);
    json::array attributes{text_attribute("earshot.tool", plain(tool.name))};
    add(to_hex(ids_.span()), "tool", kKindClient, tool.started, over, std::move(attributes), !tool.ok, true);
  }

  void add(const std::string& id, std::string_view span, int kind, SteadyTime begin, SteadyTime end,
           json::array attributes, bool failed, bool is_child) {
    json::object object{{"traceId", trace_id_},
                        {"spanId", id},
                        {"name", span},
                        {"kind", kind},
                        {"startTimeUnixNano", nanoseconds(begin, clocks_)},
                        {"endTimeUnixNano", nanoseconds(end, clocks_)},
                        {"attributes", std::move(attributes)}};
    if (is_child) object["parentSpanId"] = root_;
    if (failed) object["status"] = json::object{{"code", kStatusError}};
    if (!text_.empty()) text_ += ',';
    text_ += json::serialize(object);
  }

  const TurnTrace& trace_;
  const ClockPair& clocks_;
  const SpanIds& ids_;
  std::string trace_id_;
  std::string root_;
  std::string text_;
};

}  // namespace

std::string spans_of(const TurnTrace& trace, const ClockPair& clocks, const SpanIds& ids) {
  return Spans(trace, clocks, ids).all();
}

std::string otlp_request(const OtlpResource& resource, const std::vector<std::string>& spans) {
  const json::array attributes{text_attribute("service.name", "earshot-worker"),
                               text_attribute("service.instance.id", resource.worker),
                               text_attribute("service.version", resource.version)};
  std::string body = R"({"resourceSpans":[{"resource":{"attributes":)" + json::serialize(attributes) +
                     R"(},"scopeSpans":[{"scope":{"name":"earshot.turn"},"spans":[)";
  for (std::size_t i = 0; i < spans.size(); ++i) body.append(i == 0 ? "" : ",").append(spans[i]);
  return body + "]}]}]}";
}

std::string otlp_traces_url(std::string_view endpoint) {
  const std::size_t scheme = endpoint.find("://");
  const std::size_t slash = endpoint.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  const bool has_path = slash != std::string_view::npos && slash + 1 < endpoint.size();
  if (has_path) return std::string(endpoint);
  return std::string(endpoint.substr(0, slash)) + "/v1/traces";
}

}  // namespace earshot::worker
