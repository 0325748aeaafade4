// What a run has shown: collected while it goes, told at the end as the summary of --json. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/device_tools.h"
#include "bench/simulator/rule.h"
#include "common/audio/pcm.h"
#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::simulator {

// Of one hello..goodbye and its network. Filled by the drivers.
struct LinkCounts {
  std::uint64_t frames_up = 0;          // sent by the device
  std::uint64_t frames_up_dropped = 0;  // in the device's own send queue
  std::uint64_t frames_down = 0;        // on the wire
  std::uint64_t frames_down_again = 0;  // copies of the one before
  std::uint64_t frames_missing = 0;     // gaps in the sequence as the device saw it
  std::uint64_t frames_stale = 0;       // late or double
  std::uint64_t faults_lost = 0;        // by --loss, both directions
  std::uint64_t faults_duplicated = 0;
  std::uint64_t faults_reordered = 0;
  std::uint64_t max_burst = 0;  // frames within 10 ms
  double max_lead_frames = 0;
};

class RunReport {
 public:
  struct ToolCall {
    std::string name;
    json::value arguments;
    std::string result;
    bool failed = false;
  };
  struct Answer {
    std::string text;     // all sentences
    std::string emotion;  // the last face shown while it was given
    int frames = 0;
    Milliseconds sound{0};
    Milliseconds audible{0};            // louder than -50 dBFS
    int gaps = 0;                       // the queue ran dry within the speech
    std::optional<Milliseconds> delay;  // from the end of the user's speech to the first sound
  };

  void heard(const std::string& transcript) { transcripts_.push_back(transcript); }
  void speech_ended(SteadyTime now) { speech_ended_ = now; }
  void emotion(const std::string& name);
  void answer_began();
  void sentence(const std::string& text);
  void frame_played(const Pcm& pcm, SteadyTime at, bool gap);
  void tool_called(ToolCall call) { tool_calls_.push_back(std::move(call)); }
  void interrupted(SteadyTime now) { interrupted_ = now; }
  void answer_ended(SteadyTime now);  // tts stop handled
  void alert(const std::string& text) { alerts_.push_back(text); }
  void frames_cut(std::uint64_t count) { frames_cut_ += count; }
  void frames_discarded(std::uint64_t count) { frames_discarded_ += count; }
  void violated(const Violation& violation) { violations_.push_back(violation); }
  void failed(const std::string& why) {
    if (!failure_) failure_ = why;
  }

  bool ok() const { return violations_.empty() && !failure_; }
  const std::vector<std::string>& transcripts() const { return transcripts_; }
  const std::vector<Answer>& answers() const { return answers_; }
  const std::vector<ToolCall>& tool_calls() const { return tool_calls_; }
  const Violations& violations() const { return violations_; }
  const std::optional<std::string>& failure() const { return failure_; }
  std::uint64_t cut() const { return frames_cut_; }

  json::object summary(std::size_t turns, const DeviceStatus& status, std::string_view device_state,
                       const LinkCounts& link) const;

 private:
  std::vector<std::string> transcripts_;
  std::vector<Answer> answers_;
  std::vector<ToolCall> tool_calls_;
  std::vector<std::string> alerts_;
  std::string emotion_;
  bool answering_ = false;
  std::optional<SteadyTime> speech_ended_;
  std::optional<SteadyTime> interrupted_;
  std::optional<Milliseconds> stop_delay_;  // from the interruption to the end of the answer
  std::uint64_t frames_cut_ = 0;            // lost because MQTT and UDP raced: the server's fault
  std::uint64_t frames_discarded_ = 0;      // thrown away after the user interrupted
  Violations violations_;
  std::optional<std::string> failure_;
};

}  // namespace earshot::simulator
