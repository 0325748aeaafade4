#include "worker/dialogue/tool_box.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "common/base/check.h"
#include "worker/mcp/tool_arguments.h"
#include "worker/tools/foreign_text.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxArgumentBytes = 8 * 1024;
constexpr std::size_t kMaxOutsideSchemaBytes = 16 * 1024;  // as the listing wrote it
// For the brain.
constexpr const char* kComesLater =
    "The tool is still running. Its result will be told to you later: do not call it again, and do not wait.";
constexpr const char* kUnusableArguments =
    "The arguments are no JSON object, so the tool was not run. Call it again with one JSON object as "
    "arguments.";

}  // namespace

ToolBox::ToolBox(const ToolLimits& limits, std::vector<std::string> allowed, const BuiltinTools& builtin,
                 const Clock& clock, std::function<void(const std::string& payload)> send,
                 std::function<void(Notebook&)> keep, FactBook* facts, ToolSource* outside)
    : limits_(limits),
      mcp_(limits.mcp),
      registry_(builtin.specs(keep != nullptr, facts != nullptr), std::move(allowed)),
      builtin_(builtin),
      outside_(outside),
      clock_(clock),
      send_(std::move(send)),
      keep_(std::move(keep)),
      facts_(facts),
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
  let_late_go(now);
  poll();
}

std::vector<ToolSpec> ToolBox::tools() {
  if (outside_ != nullptr) registry_.set_outside_tools(outside_->tools());
  return registry_.all();
}

void ToolBox::run(std::vector<ToolCall> calls, SteadyTime now, OnAnswers on_answers) {
  EARSHOT_CHECK(!running(), "one turn at a time");
  on_answers_ = std::move(on_answers);
  settled_ = mcp_.last_id();
  slots_.clear();
  for (ToolCall& call : calls) slots_.emplace_back().call = std::move(call);
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
    case ToolOwner::kOutside:
      return run_outside(slot, now);
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
                                                            .notebook = &notebook_,
                                                            .facts = facts_});
  if (notebook_.take_changed()) keep_(notebook_);
  return {.text = std::move(output.text), .end_session = output.end_session};
}

void ToolBox::run_outside(Slot& slot, SteadyTime now) {
  auto arguments =
      json::parse_object(slot.call.arguments.empty() ? "{}" : slot.call.arguments, kMaxArgumentBytes);
  if (!arguments) {
    slot.outcome = ToolOutcome{.text = arguments.error()};
    return;
  }
  if (outside_calls() >= kMaxOutsideCalls) {
    slot.outcome = ToolOutcome{.text = Error{ErrorCode::kUnavailable, "too many tools still run"}};
    return;
  }
  const ToolSpec& spec = *registry_.outside(slot.call.name);
  if (const auto schema = json::parse_object(spec.input_schema, kMaxOutsideSchemaBytes))
    fit_to_schema(*arguments, *schema);
  slot.outside_id = ++last_outside_id_;
  slot.late_at = now + limits_.late_after;
  // It is destroyed with this box, and calls nobody then.
  slot.outside = outside_->run(
      slot.call.name, std::move(*arguments),
      [this, id = slot.outside_id](OutsideAnswer answer) { on_outside_answer(id, std::move(answer)); });
}

std::size_t ToolBox::outside_calls() const {
  const auto runs = [](const auto& one) { return one.outside != nullptr; };
  return static_cast<std::size_t>(std::ranges::count_if(slots_, runs) +
                                  std::ranges::count_if(late_calls_, runs));
}

void ToolBox::on_outside_answer(std::uint64_t id, OutsideAnswer answer) {
  const auto slot = std::ranges::find(slots_, id, &Slot::outside_id);
  const bool waits = slot != slots_.end();
  const auto late = std::ranges::find(late_calls_, id, &LateCall::outside_id);
  if (!waits && late == late_calls_.end()) return;
  const std::string& tool = waits ? slot->call.name : late->call.name;
  // What is spoken at once goes to the user; all else, an error too, is for the brain.
  if (!answer.text) {
    answer.text = Error{answer.text.error().code, as_foreign_text(tool, answer.text.error().message)};
  } else if (!(answer.speak && waits)) {
    answer.text = as_foreign_text(tool, *answer.text);
  }
  if (waits) {
    slot->outside.reset();
    slot->outcome = ToolOutcome{.text = std::move(answer.text), .speak = answer.speak};
  } else {
    keep_late_result(*late, std::move(answer.text));
    late_calls_.erase(late);
  }
  poll();
}

// The turn goes on without it.
void ToolBox::let_late_go(SteadyTime now) {
  for (Slot& slot : slots_) {
    if (!slot.outside || now < slot.late_at) continue;
    slot.outcome = ToolOutcome{.text = std::string(kComesLater)};
    late_calls_.push_back({.call = slot.call,
                           .ticket = std::nullopt,
                           .outside_id = std::exchange(slot.outside_id, 0),
                           .outside = std::move(slot.outside)});
  }
}

void ToolBox::keep_late_result(LateCall& late, Result<std::string> text) {
  late_results_.push_back({.call = std::move(late.call), .text = std::move(text)});
  if (late_results_.size() > kMaxLateResults) late_results_.pop_front();
}

ToolBox::Slot* ToolBox::slot_of(McpTicket ticket) {
  const auto slot = std::ranges::find_if(slots_, [&](const Slot& one) { return one.ticket == ticket; });
  return slot == slots_.end() ? nullptr : &*slot;
}

void ToolBox::on_device_answer(McpAnswer answer) {
  const auto late = std::ranges::find(late_calls_, answer.ticket, &LateCall::ticket);
  if (late != late_calls_.end()) {
    keep_late_result(*late, std::move(answer.text));
    late_calls_.erase(late);
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
    late_calls_.push_back({.call = slot->call, .ticket = ticket, .outside_id = 0, .outside = nullptr});
  }
  for (McpAnswer& answer : output.answers) on_device_answer(std::move(answer));
}

}  // namespace earshot::worker
