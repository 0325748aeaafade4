#include "bench/simulator/event_log.h"

#include <chrono>
#include <utility>

namespace earshot::simulator {

Result<std::unique_ptr<EventLog>> EventLog::open(const TalkOptions& options, SteadyTime start) {
  std::unique_ptr<EventLog> log(new EventLog());
  log->start_ = start;
  log->verbose_ = options.verbose;
  if (options.json_path == "-") {
    log->json_ = stdout;
  } else if (!options.json_path.empty()) {
    log->file_.reset(std::fopen(options.json_path.c_str(), "w"));
    if (!log->file_) return Error{ErrorCode::kUnavailable, "cannot write " + options.json_path};
    log->json_ = log->file_.get();
  }
  if (!options.quiet) log->story_ = log->json_ == stdout ? stderr : stdout;
  return log;
}

void EventLog::event(SteadyTime now, std::string_view kind, json::object fields) {
  if (!json_) return;
  json::object object{{"ms", std::chrono::duration_cast<Milliseconds>(now - start_).count()},
                      {"event", kind}};
  for (auto& [key, value] : fields) object.emplace(key, std::move(value));
  line(object);
}

void EventLog::control(SteadyTime now, Direction direction, const json::object& message) {
  json::object shown = message;
  if (json::value* udp = shown.if_contains("udp");
      udp && udp->is_object() && udp->get_object().contains("key"))
    udp->get_object()["key"] = "***";
  const std::string_view kind = direction == Direction::kUp ? "up" : "down";
  if (verbose_) story(kind, json::serialize(shown));
  event(now, kind, {{"message", std::move(shown)}});
}

void EventLog::summary(json::object summary) {
  if (json_) line({{"summary", std::move(summary)}});
}

void EventLog::story(std::string_view heading, const std::string& text) {
  if (!story_) return;
  std::fprintf(story_, "%-11.*s %s\n", static_cast<int>(heading.size()), heading.data(), text.c_str());
  std::fflush(story_);
}

Status EventLog::written() const {
  if (json_ && std::ferror(json_)) return Error{ErrorCode::kUnavailable, "the JSON lines cannot be written"};
  return kDone;
}

void EventLog::line(const json::object& object) {
  const std::string text = json::serialize(object) + "\n";
  std::fwrite(text.data(), 1, text.size(), json_);
  std::fflush(json_);
}

}  // namespace earshot::simulator
