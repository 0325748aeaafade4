// A log line as one JSON object, for collectors that read no text. Pure.
//
//   {"time":"2026-11-21T10:40:00.123Z","level":"info","program":"gateway","module":"session","message":"..."}
//
// The message is the one of the text form, with its key=value pairs inside; what may be in it is the same
// (log.h). Control characters are escaped and what is not UTF-8 is replaced, so that a name from a device can
// neither break the line nor make a reader refuse it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace earshot::log {

struct JsonLine {
  std::chrono::system_clock::time_point time;
  std::string_view level;
  std::string_view program;
  std::string_view module;
  std::string_view message;
};

std::string text_of(const JsonLine& line);  // with its line end

}  // namespace earshot::log
