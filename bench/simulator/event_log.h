// What a run tells: a readable story for people, one JSON object a line for tests.
// Runs on: one thread.
// Owns: the file of the JSON lines.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "bench/simulator/talk_options.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::simulator {

class EventLog {
 public:
  // The story goes to stdout, or to stderr when the JSON lines take stdout.
  // Errors: kUnavailable (file).
  static Result<std::unique_ptr<EventLog>> open(const TalkOptions& options, SteadyTime start);

  void event(SteadyTime now, std::string_view kind, json::object fields);
  // Without the session's key.
  void control(SteadyTime now, Direction direction, const json::object& message);
  void summary(json::object summary);  // the last line
  void story(std::string_view heading, const std::string& text);
  // Whether all lines so far have reached their file.
  Status written() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  EventLog() = default;
  void line(const json::object& object);

  SteadyTime start_;
  std::unique_ptr<std::FILE, Close> file_;
  std::FILE* json_ = nullptr;   // file_, stdout, or none
  std::FILE* story_ = nullptr;  // none when quiet
  bool verbose_ = false;
};

}  // namespace earshot::simulator
