#include "bench/simulator/run_report.h"

#include <chrono>
#include <cmath>

namespace earshot::simulator {

namespace {

constexpr double kAudibleRms = 104;  // -50 dBFS

double rms(const Pcm& pcm) {
  if (pcm.samples.empty()) return 0;
  double sum = 0;
  for (const std::int16_t sample : pcm.samples) sum += double{1} * sample * sample;
  return std::sqrt(sum / static_cast<double>(pcm.samples.size()));
}

Milliseconds length(const Pcm& pcm) {
  return Milliseconds(static_cast<std::int64_t>(pcm.samples.size()) * 1000 / pcm.sample_rate_hz);
}

json::array strings(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

}  // namespace

void RunReport::emotion(const std::string& name) {
  emotion_ = name;
  if (answering_) answers_.back().emotion = name;
}

void RunReport::answer_began() {
  answering_ = true;
  answers_.emplace_back();
  answers_.back().emotion = emotion_;
}

void RunReport::sentence(const std::string& text) {
  if (answers_.empty()) return;
  std::string& all = answers_.back().text;
  if (!all.empty()) all += ' ';
  all += text;
}

void RunReport::frame_played(const Pcm& pcm, SteadyTime at, bool gap) {
  if (answers_.empty()) return;
  Answer& answer = answers_.back();
  if (answer.frames == 0 && speech_ended_) {
    answer.delay = std::chrono::duration_cast<Milliseconds>(at - *speech_ended_);
    speech_ended_.reset();
  }
  ++answer.frames;
  answer.gaps += gap ? 1 : 0;
  answer.sound += length(pcm);
  if (rms(pcm) > kAudibleRms) answer.audible += length(pcm);
}

void RunReport::answer_ended(SteadyTime now) {
  answering_ = false;
  if (!interrupted_) return;
  stop_delay_ = std::chrono::duration_cast<Milliseconds>(now - *interrupted_);
  interrupted_.reset();
}

json::object RunReport::summary(std::size_t turns, const DeviceStatus& status, std::string_view device_state,
                                const LinkCounts& link) const {
  json::array replies;
  json::array audio;
  for (const Answer& answer : answers_) {
    replies.emplace_back(answer.text);
    json::object shown{{"frames", answer.frames},
                       {"sound_ms", answer.sound.count()},
                       {"audible_ms", answer.audible.count()},
                       {"gaps", answer.gaps},
                       {"emotion", answer.emotion}};
    if (answer.delay) shown["latency_ms"] = answer.delay->count();
    audio.emplace_back(std::move(shown));
  }
  json::array calls;
  for (const ToolCall& call : tool_calls_) {
    calls.emplace_back(json::object{
        {"name", call.name}, {"arguments", call.arguments}, {call.failed ? "error" : "result", call.result}});
  }
  json::array broken;
  for (const Violation& violation : violations_) broken.emplace_back(name(violation.rule));

  json::object state = status.to_json();
  state["device"] = device_state;
  json::object out{{"ok", ok()},
                   {"turns", turns},
                   {"transcripts", strings(transcripts_)},
                   {"replies", std::move(replies)},
                   {"replies_audio", std::move(audio)},
                   {"tool_calls", std::move(calls)},
                   {"state", std::move(state)},
                   {"violations", std::move(broken)},
                   {"alerts", strings(alerts_)},
                   {"frames_cut", frames_cut_},
                   {"frames_discarded", frames_discarded_}};
  if (failure_) out["failure"] = *failure_;
  if (stop_delay_) out["barge_in_stop_ms"] = stop_delay_->count();
  out["link"] = json::object{{"frames_up", link.frames_up},
                             {"frames_up_dropped", link.frames_up_dropped},
                             {"frames_down", link.frames_down},
                             {"frames_down_again", link.frames_down_again},
                             {"frames_missing", link.frames_missing},
                             {"frames_stale", link.frames_stale},
                             {"faults_lost", link.faults_lost},
                             {"faults_duplicated", link.faults_duplicated},
                             {"faults_reordered", link.faults_reordered},
                             {"max_burst", link.max_burst},
                             {"max_lead_frames", std::llround(link.max_lead_frames)}};
  return out;
}

}  // namespace earshot::simulator
