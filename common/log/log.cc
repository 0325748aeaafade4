#include "common/log/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "common/log/json_line.h"
#include "common/log/line_writer.h"
#include "common/log/log_settings.h"

namespace earshot::log {

namespace {

constexpr std::string_view kOwnModule = "log";

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LineWriter& writer() { return writer_; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    writer_.write(std::string(text.data(), text.size()));
  }
  void flush_() override {}  // each line is on its way

  static std::string lost_line(std::uint64_t lines);

  LineWriter writer_{STDERR_FILENO, lost_line};
};

// A registry at the edge of a library, not logic: it may hold a lock (CONVENTIONS 4).
struct Registry {
  std::mutex mutex;
  std::string program = "earshot";
  bool json = false;
  spdlog::level::level_enum level = spdlog::level::info;
  std::shared_ptr<StderrSink> sink = std::make_shared<StderrSink>();
  std::map<std::string, std::unique_ptr<spdlog::logger>, std::less<>> loggers;
};

Registry& registry() {
  static auto* instance = new Registry;  // never destroyed: threads may log until the process is gone
  return *instance;
}

std::string pattern_of(const Registry& all) {
  return "%Y-%m-%d %H:%M:%S.%e %-7l " + all.program + "  %n  %v";
}

std::string_view view(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

class JsonFormatter final : public spdlog::formatter {
 public:
  explicit JsonFormatter(std::string program) : program_(std::move(program)) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string text = text_of({.time = message.time,
                                      .level = view(spdlog::level::to_string_view(message.level)),
                                      .program = program_,
                                      .module = view(message.logger_name),
                                      .message = view(message.payload)});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>(program_);
  }

 private:
  std::string program_;
};

std::unique_ptr<spdlog::formatter> formatter_of(const Registry& all) {
  if (all.json) return std::make_unique<JsonFormatter>(all.program);
  return std::make_unique<spdlog::pattern_formatter>(pattern_of(all));
}

void apply(const Registry& from, spdlog::logger& to) {
  to.set_level(from.level);
  to.set_formatter(formatter_of(from));
}

spdlog::level::level_enum parse_level(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    throw std::invalid_argument("unknown log level '" + std::string(level) + "'");
  }
  return parsed;
}

// On the writer's thread; a formatter of its own, as the sink's is locked by whoever logs.
std::string StderrSink::lost_line(std::uint64_t lines) {
  const std::string told = "lines lost, nobody read them in time count=" + std::to_string(lines);
  const spdlog::details::log_msg message(spdlog::string_view_t(kOwnModule.data(), kOwnModule.size()),
                                         spdlog::level::warn, told);
  spdlog::memory_buf_t text;
  formatter_of(registry())->format(message, text);
  return {text.data(), text.size()};
}

}  // namespace

void configure(std::string_view program, std::string_view level) {
  const auto parsed = parse_level(level);
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  all.program = program;
  all.level = parsed;
  for (auto& [name, entry] : all.loggers) apply(all, *entry);
  all.sink->writer().start();
}

spdlog::logger& logger(std::string_view module) {
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  auto found = all.loggers.find(module);
  if (found == all.loggers.end()) {
    auto made = std::make_unique<spdlog::logger>(std::string(module), all.sink);
    apply(all, *made);
    found = all.loggers.emplace(std::string(module), std::move(made)).first;
  }
  return *found->second;
}

void use_json() {
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  all.json = true;
}

bool uses_json() {
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  return all.json;
}

void set_level(std::string_view level) {
  const auto parsed = parse_level(level);
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  all.level = parsed;
  for (auto& [name, entry] : all.loggers) entry->set_level(parsed);
}

void flush(Milliseconds patience) {
  registry().sink->writer().flush(patience);
}

std::uint64_t lines_lost() {
  return registry().sink->writer().lost();
}

}  // namespace earshot::log
