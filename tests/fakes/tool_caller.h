// Calls tools outside the process as a conversation does, and waits for what comes, for a bounded time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "worker/tools/tool_source.h"

namespace earshot::fakes {

class ToolCaller {
 public:
  explicit ToolCaller(asio::io_context& io) : io_(io) {}

  template <class Condition>
  bool wait_until(Condition&& condition, std::chrono::seconds patience = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();  // it ran out of work
      io_.run_one_for(Milliseconds(50));
    }
    return condition();
  }
  // "error: ..." of one that failed.
  std::string call(worker::ToolSource& tools, const std::string& name, const std::string& arguments = "{}") {
    std::optional<std::string> answer;
    const auto run =
        tools.run(name, *json::parse_object(arguments, 64 * 1024), [&](worker::OutsideAnswer given) {
          answer = given.text.ok() ? *given.text : "error: " + given.text.error().message;
        });
    if (!wait_until([&] { return answer.has_value(); })) return "(nothing)";
    return *answer;
  }
  static bool offers(const worker::ToolSource& tools, const std::string& name) {
    for (const worker::ToolSpec& tool : *tools.tools()) {
      if (tool.name == name) return true;
    }
    return false;
  }

 private:
  asio::io_context& io_;
};

}  // namespace earshot::fakes
