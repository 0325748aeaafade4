#include "worker/trace/turn_report.h"

#include <cmath>

#include "common/json/json.h"
#include "worker/trace/turn_fields.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxToolName = 64;

class Object final : public TurnFields {
 public:
  using TurnFields::add;
  void add(std::string_view key, std::string_view value) override { object_[key] = value; }
  void add(std::string_view key, std::uint64_t value) override { object_[key] = value; }
  void add(std::string_view key, Microseconds time) override {
    object_[key] = std::round(static_cast<double>(time.count()) / 100) / 10;
  }
  std::string text() const { return json::serialize(object_); }

 private:
  json::object object_;
};

std::uint32_t whole_milliseconds(Microseconds time) {
  return static_cast<std::uint32_t>(std::chrono::round<Milliseconds>(time).count());
}

// Each packet behind its length (u16, big-endian): an Opus packet has at most 1275 bytes.
std::string packed(const std::vector<Bytes>& packets) {
  std::string out;
  for (const Bytes& packet : packets) {
    out += static_cast<char>(packet.size() >> 8);
    out += static_cast<char>(packet.size() & 0xff);
    out.append(as_text(packet));
  }
  return out;
}

}  // namespace

ipc::TurnReport turn_report(const TurnRecord& record, const TurnReportFacts& facts) {
  const TurnTrace& trace = record.trace;
  ipc::TurnReport report;
  report.set_session_id(facts.session);
  report.set_turn(trace.turn);
  report.set_source(std::string(name(trace.source)));
  report.set_end(std::string(name(trace.end)));
  report.set_started_ms(static_cast<std::uint64_t>(
      std::chrono::duration_cast<Milliseconds>(record.started.time_since_epoch()).count()));
  if (const auto first = trace.since_user(TurnMark::kFirstPacket))
    report.set_first_audio_ms(whole_milliseconds(*first));
  if (const auto own = trace.overhead()) report.set_overhead_ms(whole_milliseconds(*own));
  Object fields;
  tell(trace, fields);
  report.set_trace(fields.text());
  for (const ToolTrace& tool : trace.tools()) report.add_tools(json::clean_text(tool.name, kMaxToolName));
  report.set_agent(facts.agent);
  if (facts.text) {
    report.set_user_text(json::clean_text(record.user_text, TurnJournal::kMaxTextBytes));
    report.set_reply_text(json::clean_text(record.reply_text, TurnJournal::kMaxTextBytes));
  }
  report.set_user_audio(packed(record.user_audio));
  report.set_reply_audio(packed(record.reply_audio));
  return report;
}

}  // namespace earshot::worker
