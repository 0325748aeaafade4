// One run of `earshot-sim talk` against a System, and what its summary says.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/json/json.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {

struct SimResult {
  int exit_code = -1;  // 0 good, 1 the conversation failed, 2 a protocol rule was broken
  json::object summary;
  std::vector<json::object> events;  // in order, the summary not included
  std::string told;                  // what it printed, for failure messages

  std::vector<std::string> transcripts() const;
  std::vector<std::string> replies() const;
  std::vector<std::string> violations() const;
  // "self.audio_speaker.set_volume{\"volume\":50}", in order
  std::vector<std::string> tool_calls() const;
  std::int64_t number(const std::string& key) const;  // of the summary; -1 when absent
  std::int64_t link(const std::string& key) const;    // of the summary's `link`; -1 when absent
  std::int64_t volume() const;                        // of the device at the end; -1 when absent
  std::int64_t brightness() const;
};

class SimRun {
 public:
  SimRun(const System& system, const std::vector<std::string>& arguments);
  SimResult finish(std::chrono::seconds timeout = std::chrono::seconds(180));
  ChildProcess& process() { return *process_; }
  // Waits until the log of events, as it is so far, contains `text`.
  // RETURNS: false: not in time, or it has ended.
  bool wait_for_event(const std::string& text, std::chrono::seconds timeout = std::chrono::seconds(60));
  const std::string& reply_wav() const { return wav_; }

 private:
  std::string folder_;
  std::string wav_;
  std::unique_ptr<ChildProcess> process_;
};

inline SimResult talk(const System& system, const std::vector<std::string>& arguments) {
  return SimRun(system, arguments).finish();
}

}  // namespace earshot::e2e
