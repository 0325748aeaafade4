#include "worker/dialogue/tool_box.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "common/base/check.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxArgumentBytes = 8 * 1024;
// For the brain.
constexpr const char* kComesLater =
    "The tool is still running. Its result will be told to you later: do not call it again, and do not wait.";
constexpr const char* kUnusableArguments =
    "The arguments are no JSON object, so the tool was not run. Call it again with one JSON object as "
    "arguments.";

}  // namespace

ToolBox::ToolBox(const ToolLimits& limits, std::vector<std::string> allowed, const BuiltinTools& builtin,
                 const Clock& clock, std::function<void(const std::string& payload)> send,
                 std::function<void(Notebook&)> keep)
    : limits_(limits),
      mcp_(limits.mcp),
      registry_(builtin.specs(keep != nullptr), std::move(allowed)),
      builtin_(builtin),
      clock_(clock),
      send_(std::move(send)),
      keep_(std::move(keep)),
      notebook_(static_cast<std::uint64_t>(
          std::chrono::duration_cast<Milliseconds>(clock.wall().time_since_epoch()).count())) {}

void ToolBox::start(bool device_has_tools, SteadyTime now) {
  device_has_tools_ = device_has_tools;
  if (device_has_tools_ && !mcp_.list_settled()) mcp_.start(now);
  collect();
}

void ToolBox::go_on(KnownTools known) {
  mcp_.go_on(std::move(known));
  registry_.set_device_tools(mcp_.tools());
}

void ToolBox::on_message(std::string_view payload, SteadyTime now) {
  mcp_.on_message(payload, now);
  registry_.set_device_tools(mcp_.tools());
  poll();
}

void ToolBox::on_lost_reply(std::int64_t id, McpClient::Loss how, SteadyTime now) {
  mcp_.on_lost_reply(id, how, now);
  poll();
}

void ToolBox::set_online(bool online, SteadyTime now) {
  mcp_.set_online(online, now);
  poll();
}

void ToolBox::tick(SteadyTime now) {
  mcp_.tick(now);
  poll();
}

void ToolBox::run(std::vector<ToolCall> calls, SteadyTime now, OnAnswers on_answers) {
  EARSHOT_CHECK(!running(), "one turn at a time");
  on_answers_ = std::move(on_answers);
  settled_ = mcp_.last_id();
  slots_.clear();
  for (ToolCall& call : calls)
    slots_.push_back({.call = std::move(call), .ticket = std::nullopt, .outcome = std::nullopt});
  for (Slot& slot : slots_) begin(slot, now);
  collect();
}

// Answers may start the next calls, which may be answered at once: so until nothing is left.
void ToolBox::poll() {
  collect();
  while (running() &&
         std::ranges::all_of(slots_, [](const Slot& slot) { return slot.outcome.has_value(); })) {
    const OnAnswers on_answers = std::exchange(on_answers_, nullptr);
    std::vector<ToolOutcome> outcomes;
    for (Slot& slot : std::exchange(slots_, {})) outcomes.push_back(std::move(*slot.outcome));
    on_answers(std::move(outcomes));
    collect();
  }
}

void ToolBox::cancel() {
  for (const Slot& slot : slots_) {
    if (slot.ticket && !slot.outcome) mcp_.cancel(*slot.ticket);
  }
  slots_.clear();
  on_answers_ = nullptr;
}

LateResult ToolBox::take_late_result() {
  LateResult result = std::move(late_results_.front());
  late_results_.pop_front();
  return result;
}

void ToolBox::return_late_result(LateResult result) {
  if (late_results_.size() < kMaxLateResults) late_results_.push_front(std::move(result));
}

std::tm ToolBox::local_time() const {
  const std::time_t now = std::chrono::system_clock::to_time_t(clock_.wall());
  std::tm local{};
  localtime_r(&now, &local);
  return local;
}

void ToolBox::begin(Slot& slot, SteadyTime now) {
  if (slot.call.unusable) {
    slot.outcome = ToolOutcome{.text = Error{ErrorCode::kInvalid, kUnusableArguments}};
    return;
  }
  switch (registry_.owner_of(slot.call.name)) {
    case ToolOwner::kNobody:
      slot.outcome = ToolOutcome{.text = Error{ErrorCode::kNotFound, "there is no such tool"}};
      return;
    case ToolOwner::kBuiltin:
      slot.outcome = run_builtin(slot.call);
      return;
    case ToolOwner::kDevice: {
      const auto own = limits_.timeouts.find(slot.call.name);
      const Milliseconds timeout = own == limits_.timeouts.end() ? limits_.timeout : own->second;
      slot.ticket = mcp_.call(slot.call.name, slot.call.arguments,
                              {.late_after = limits_.late_after, .timeout = timeout}, now);
      return;
    }
  }
}

ToolOutcome ToolBox::run_builtin(const ToolCall& call) {
  auto arguments = json::parse_object(call.arguments.empty() ? "{}" : call.arguments, kMaxArgumentBytes);
  if (!arguments) return {.text = arguments.error()};
  BuiltinToolOutput output = builtin_.find(call.name)->run({.arguments = std::move(*arguments),
                                                            .local_time = local_time(),
                                                            .wall_time = clock_.wall(),
                                                            .now = clock_.now(),
                                                            .notebook = &notebook_});
  if (notebook_.take_changed()) keep_(notebook_);
  return {.text = std::move(output.text), .end_session = output.end_session};
}

ToolBox::Slot* ToolBox::slot_of(McpTicket ticket) {
  const auto slot = std::ranges::find_if(slots_, [&](const Slot& one) { return one.ticket == ticket; });
  return slot == slots_.end() ? nullptr : &*slot;
}

void ToolBox::on_device_answer(McpAnswer answer) {
  const auto late = std::ranges::find(late_calls_, answer.ticket, &LateCall::ticket);
  if (late != late_calls_.end()) {
    late_results_.push_back({.call = std::move(late->call), .text = std::move(answer.text)});
    late_calls_.erase(late);
    if (late_results_.size() > kMaxLateResults) late_results_.pop_front();
  } else if (Slot* const slot = slot_of(answer.ticket)) {
    slot->outcome = ToolOutcome{.text = std::move(answer.text)};
  }
}

void ToolBox::collect() {
  McpOutput output = mcp_.take_output();
  for (const std::string& message : output.messages) send_(message);
  for (const McpTicket ticket : output.late) {
    Slot* const slot = slot_of(ticket);
    if (slot == nullptr) continue;
    slot->outcome = ToolOutcome{.text = std::string(kComesLater)};
    late_calls_.push_back({.call = slot->call, .ticket = ticket});
  }
  for (McpAnswer& answer : output.answers) on_device_answer(std::move(answer));
}

}  // namespace earshot::worker
