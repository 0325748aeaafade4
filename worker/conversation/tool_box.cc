#include "worker/conversation/tool_box.h"

#include <ctime>
#include <utility>

#include "common/base/check.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxArgumentBytes = 8 * 1024;

std::tm local_time(const Clock& clock) {
  const std::time_t now = std::chrono::system_clock::to_time_t(clock.wall());
  std::tm local{};
  localtime_r(&now, &local);
  return local;
}

}  // namespace

ToolBox::ToolBox(McpLimits limits, Milliseconds call_timeout, const BuiltinTools& builtin, const Clock& clock,
                 std::function<void(const std::string& payload)> send)
    : mcp_(limits),
      registry_(builtin.specs()),
      call_timeout_(call_timeout),
      builtin_(builtin),
      clock_(clock),
      send_(std::move(send)) {}

void ToolBox::start(bool device_has_tools, SteadyTime now) {
  device_has_tools_ = device_has_tools;
  if (device_has_tools_) mcp_.start(now);
  collect();
}

void ToolBox::on_message(std::string_view payload, SteadyTime now) {
  mcp_.on_message(payload, now);
  registry_.set_device_tools(mcp_.tools());
  poll();
}

void ToolBox::tick(SteadyTime now) {
  mcp_.tick(now);
  poll();
}

void ToolBox::run(const ToolCall& call, SteadyTime now, OnAnswer on_answer) {
  EARSHOT_CHECK(!running(), "one tool at a time");
  on_answer_ = std::move(on_answer);
  switch (registry_.owner_of(call.name)) {
    case ToolOwner::kNobody:
      answer_ = ToolOutcome{.text = Error{ErrorCode::kNotFound, "there is no such tool"}};
      return;
    case ToolOwner::kBuiltin: {
      auto arguments = json::parse_object(call.arguments.empty() ? "{}" : call.arguments, kMaxArgumentBytes);
      if (!arguments) {
        answer_ = ToolOutcome{.text = arguments.error()};
        return;
      }
      BuiltinToolOutput output = builtin_.find(call.name)->run(
          {.arguments = std::move(*arguments), .local_time = local_time(clock_)});
      answer_ = ToolOutcome{.text = std::move(output.text), .end_session = output.end_session};
      return;
    }
    case ToolOwner::kDevice:
      ticket_ = mcp_.call(call.name, call.arguments, call_timeout_, now);
      collect();
      return;
  }
}

// An answer may start the next call, which may be answered at once: so until nothing is left.
void ToolBox::poll() {
  for (collect(); answer_; collect()) {
    const OnAnswer on_answer = std::exchange(on_answer_, nullptr);
    ToolOutcome outcome = *std::exchange(answer_, std::nullopt);
    ticket_.reset();
    on_answer(std::move(outcome));
  }
}

void ToolBox::cancel() {
  if (ticket_) mcp_.cancel(*ticket_);
  ticket_.reset();
  answer_.reset();
  on_answer_ = nullptr;
}

void ToolBox::collect() {
  McpOutput output = mcp_.take_output();
  for (const std::string& message : output.messages) send_(message);
  for (McpAnswer& answer : output.answers) {
    if (ticket_ && answer.ticket == *ticket_) answer_ = ToolOutcome{.text = std::move(answer.text)};
  }
}

}  // namespace earshot::worker
