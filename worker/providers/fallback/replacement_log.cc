#include "worker/providers/fallback/replacement_log.h"

#include "common/log/log.h"

namespace earshot::worker::replacement_log {

namespace {

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("fallback");
  return instance;
}

}  // namespace

void replaced(std::string_view stage, std::string_view failed, std::string_view by, const Error& why) {
  logger().warn("provider replaced stage={} failed={} by={} error=\"{}\"", stage, failed, by, why.message);
}

void gave_up(std::string_view stage, std::string_view failed, const Error& why) {
  logger().warn("provider failed, nothing replaces it stage={} provider={} error=\"{}\"", stage, failed,
                why.message);
}

}  // namespace earshot::worker::replacement_log
