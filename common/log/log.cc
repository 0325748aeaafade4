#include "common/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace earshot::log {

namespace {

// A registry at the edge of a library, not logic: the one place that holds a lock (CONVENTIONS 4).
struct Registry {
  std::mutex mutex;
  std::string program = "earshot";
  spdlog::level::level_enum level = spdlog::level::info;
  std::shared_ptr<spdlog::sinks::sink> sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  std::map<std::string, std::unique_ptr<spdlog::logger>, std::less<>> loggers;
};

Registry& registry() {
  static auto* instance = new Registry;  // never destroyed: threads may log until the process is gone
  return *instance;
}

void apply(const Registry& from, spdlog::logger& to) {
  to.set_level(from.level);
  to.set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l " + from.program + "  %n  %v");
  to.flush_on(spdlog::level::info);
}

}  // namespace

void configure(std::string_view program, std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    throw std::invalid_argument("unknown log level '" + std::string(level) + "'");
  }
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  all.program = program;
  all.level = parsed;
  for (auto& [name, entry] : all.loggers) apply(all, *entry);
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

}  // namespace earshot::log
