#include "gateway/control/commands/command_book.h"

#include <algorithm>
#include <vector>

#include "gateway/control/commands/say_port.h"
#include "gateway/xiaozhi/device_reply.h"

namespace earshot::commands {

namespace {

using store::CommandState;

constexpr std::size_t kMaxDigests = 100'000;  // beyond, the store is written to once more for each

constexpr std::string_view kRebootTool = "self.reboot";
constexpr std::string_view kUpgradeTool = "self.upgrade_firmware";

std::string text_of(const json::object& from, std::string_view key) {
  return std::string(json::find_string(from, key).value_or(""));
}

// The tool that a command of this kind calls, and with what.
std::pair<std::string, json::object> call_of(CommandKind kind, const json::object& arguments) {
  if (kind == CommandKind::kReboot) return {std::string(kRebootTool), {}};
  if (kind == CommandKind::kUpgrade) {
    return {std::string(kUpgradeTool), json::object{{"url", text_of(arguments, "url")}}};
  }
  const auto* given = json::find_object(arguments, "arguments");
  return {text_of(arguments, "tool"), given == nullptr ? json::object{} : *given};
}

// Without MCP: also where the device has none, and in every state of it.
bool is_system_reboot(const json::object& arguments) {
  return json::find_bool(arguments, "system").value_or(false);
}

// The device does not answer these when they succeed: it restarts first (device-protocol 8.4).
bool ends_in_restart(const std::string& tool) {
  return tool == kRebootTool || tool == kUpgradeTool;
}

}  // namespace

bool CommandBook::reserve(const DeviceId& device) {
  if (entries_.size() + reserved_ >= limits_.overall) return false;
  Lane& lane = lanes_[device];
  if (lane.waiting.size() + lane.reserved >= limits_.per_device) return false;
  ++lane.reserved;
  ++reserved_;
  return true;
}

void CommandBook::release(const DeviceId& device) {
  const auto lane = lanes_.find(device);
  if (lane == lanes_.end() || lane->second.reserved == 0) return;
  --reserved_;
  if (--lane->second.reserved == 0 && lane->second.waiting.empty() && !lane->second.on_line)
    lanes_.erase(lane);
}

void CommandBook::give(store::Command command, const Moment& now) {
  const DeviceId device = command.device;
  add(std::move(command), now);
  release(device);
  advance(device, now);
}

void CommandBook::restore(std::vector<store::Command> unfinished, const Moment& now) {
  for (store::Command& command : unfinished) {
    const bool was_sent = command.state == CommandState::kSent;
    const DeviceId device = command.device;
    add(std::move(command), now);
    if (was_sent) {
      fail(CommandSerial{last_serial_}, "restarted",
           "the gateway restarted before the answer came; whether the device did it is not known", now);
    }
  }
}

CommandBook::Cancel CommandBook::cancel(std::string_view by, std::string_view id, const Moment& now) {
  const auto key = by_key_.find(std::pair(std::string(by), std::string(id)));
  if (key == by_key_.end()) return Cancel::kUnknown;
  const CommandSerial serial = key->second;
  const Entry& entry = entries_.at(serial);
  if (entry.record.state != CommandState::kQueued) return Cancel::kTooLate;
  finish(serial, CommandState::kCancelled, now);
  return Cancel::kDone;
}

void CommandBook::online(const DeviceId& device, const Moment& now) {
  const bool took_over = !online_.insert(device).second;
  CommandSerial serial{};
  if (Entry* entry = running(device, serial)) {
    if (entry->phase == Phase::kListing) {
      put_back(serial, *entry);
    } else if ((entry->device_left || took_over) &&
               ends_in_restart(call_of(entry->kind, entry->arguments).first)) {
      counters_.add(BookEvent::kAnsweredByReconnect);
      answer(serial, {{"how", "reconnect"}}, now);
    }
  }
  advance(device, now);
}

void CommandBook::offline(const DeviceId& device, const Moment&) {
  online_.erase(device);
  CommandSerial serial{};
  Entry* const entry = running(device, serial);
  if (entry == nullptr) return;
  if (entry->phase == Phase::kListing) return put_back(serial, *entry);
  entry->device_left = true;
}

void CommandBook::presence_unknown(const Moment&) {
  for (const DeviceId& device : std::exchange(online_, {})) {
    CommandSerial serial{};
    Entry* const entry = running(device, serial);
    if (entry != nullptr && entry->phase == Phase::kListing) put_back(serial, *entry);
  }
}

void CommandBook::outcome(CommandSerial serial, std::uint64_t question, const gateway::OrderOutcome& outcome,
                          const Moment& now) {
  const auto found = entries_.find(serial);
  if (found == entries_.end() || found->second.question != question)
    return counters_.add(BookEvent::kReplyLate);
  Entry& entry = found->second;
  entry.question = 0;
  if (!outcome) return order_failed(serial, entry, outcome.error(), now);
  if (const auto* tools = std::get_if<gateway::ToolsHandle>(&*outcome)) {
    return tools_told(serial, entry, *tools, now);
  }
  if (const auto* result = std::get_if<json::object>(&*outcome)) {
    return call_answered(serial, entry, *result, now);
  }
  // Nothing answers these two.
  if (entry.kind == CommandKind::kAlert || entry.kind == CommandKind::kMessage)
    answer(serial, {{"how", "sent"}}, now);
}

void CommandBook::said(CommandSerial serial, const Result<Said>& said, const Moment& now) {
  if (!entries_.contains(serial)) return;
  if (!said) return fail(serial, "device_error", said.error().message, now);
  json::object result{{"how", said->how}};
  if (!said->why.empty()) result["why"] = said->why;
  answer(serial, std::move(result), now);
}

void CommandBook::tick(const Moment& now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now.steady) {
    const CommandSerial serial = deadlines_.begin()->second;
    Entry& entry = entries_.at(serial);
    if (entry.phase != Phase::kWaiting) {
      fail(serial, "timeout",
           entry.phase == Phase::kListing ? "the device did not tell its tools in time"
           : entry.device_left            ? "the device went offline and did not answer in time"
                                          : "the device did not answer in time",
           now);
      continue;
    }
    const bool online = online_.contains(entry.record.device);
    entry.record.error_code = online ? "timeout" : "offline";
    entry.record.error_message = online ? "other commands of this device took too long"
                                        : "the device did not come online within ttl_ms";
    finish(serial, CommandState::kExpired, now);
  }
}

std::optional<SteadyTime> CommandBook::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void CommandBook::add(store::Command command, const Moment& now) {
  const CommandSerial serial{++last_serial_};
  Entry entry;
  entry.kind = kind_named(command.kind).value_or(CommandKind::kTools);
  if (auto arguments = json::parse_object(command.arguments, kMaxRequestBytes)) entry.arguments = *arguments;
  entry.expires = now.steady + (command.expires - now.wall);
  by_key_.emplace(std::pair(command.by, command.id), serial);
  lanes_[command.device].waiting.push_back(serial);
  entry.record = std::move(command);
  Entry& added = entries_.emplace(serial, std::move(entry)).first->second;
  added.deadline = added.expires;
  deadlines_.emplace(added.deadline, serial);
}

void CommandBook::advance(const DeviceId& device, const Moment& now) {
  for (;;) {
    const auto lane = lanes_.find(device);
    if (lane == lanes_.end() || lane->second.on_line || lane->second.waiting.empty()) return;
    if (!online_.contains(device)) return;
    const CommandSerial serial = lane->second.waiting.front();
    lane->second.waiting.pop_front();
    lane->second.on_line = serial;
    start(serial, entries_.at(serial), now);
  }
}

void CommandBook::start(CommandSerial serial, Entry& entry, const Moment& now) {
  const DeviceId& device = entry.record.device;
  const auto send = [&](std::string json) {
    entry.phase = Phase::kRunning;
    set_deadline(serial, entry, now.steady + entry.record.timeout);
    mark_sent(entry, now);
    add_order(serial, entry, gateway::SendMessage{.json = std::move(json)});
  };
  switch (entry.kind) {
    case CommandKind::kAlert:
      return send(alert_message(text_of(entry.arguments, "status"), text_of(entry.arguments, "message"),
                                text_of(entry.arguments, "emotion")));
    case CommandKind::kMessage: {
      const auto* payload = json::find_object(entry.arguments, "payload");
      return send(custom_message(payload == nullptr ? json::object{} : *payload));
    }
    case CommandKind::kSay:
      entry.phase = Phase::kRunning;
      // Nobody tells when the first sound comes, but after it only the text itself takes time.
      set_deadline(serial, entry,
                   now.steady + entry.record.timeout + longest_speech(text_of(entry.arguments, "text")));
      mark_sent(entry, now);
      steps_.back().say =
          BookStep::Say{.command = serial, .device = device, .text = text_of(entry.arguments, "text")};
      return;
    case CommandKind::kTools:
      mark_sent(entry, now);
      entry.phase = Phase::kListing;
      set_deadline(serial, entry, now.steady + entry.record.timeout);
      return add_order(serial, entry, gateway::ListTools{.anew = true, .timeout = entry.record.timeout});
    case CommandKind::kReboot:
      if (is_system_reboot(entry.arguments)) return send(system_reboot_message());
      [[fallthrough]];
    case CommandKind::kTool:
    case CommandKind::kUpgrade:
      entry.phase = Phase::kListing;
      set_deadline(serial, entry, now.steady + limits_.list_timeout);
      steps_.emplace_back();
      return add_order(serial, entry, gateway::ListTools{.timeout = limits_.list_timeout});
  }
}

void CommandBook::add_order(CommandSerial serial, Entry& entry, gateway::DeviceOrder order) {
  entry.question = ++last_question_;
  steps_.back().order = BookStep::Order{.command = serial,
                                        .question = entry.question,
                                        .device = entry.record.device,
                                        .order = std::move(order)};
}

void CommandBook::order_failed(CommandSerial serial, const Entry& entry, const Error& why,
                               const Moment& now) {
  // Its deadline decides; and who is online, of a command that has not left yet.
  if (why.code == ErrorCode::kTimeout) return;
  if (why.code == ErrorCode::kUnavailable && entry.phase == Phase::kListing) return;
  if (why.code == ErrorCode::kUnavailable || why.code == ErrorCode::kTooLarge)
    return fail(serial, "offline", why.message, now);
  counters_.add(entry.phase == Phase::kListing ? BookEvent::kToolsRefused : BookEvent::kReplyWithoutResult);
  fail(serial, why.message.starts_with("Unknown tool") ? "unknown_tool" : "device_error", why.message, now);
}

void CommandBook::tools_told(CommandSerial serial, Entry& entry, const gateway::ToolsHandle& tools,
                             const Moment& now) {
  const std::size_t digest = std::hash<std::string>{}(tools->text);
  if (stored_.size() >= kMaxDigests) stored_.clear();
  if (std::exchange(stored_[entry.record.device], digest) != digest) {
    BookStep step;
    step.tools = BookStep::Tools{.device = entry.record.device, .json = tools->text};
    steps_.push_back(std::move(step));
  }
  if (entry.kind == CommandKind::kTools) return answer(serial, {{"tools", tools->list.to_json()}}, now);
  call_tool(serial, entry, tools->list, now);
}

void CommandBook::call_tool(CommandSerial serial, Entry& entry, const gateway::ToolList& tools,
                            const Moment& now) {
  auto [name, arguments] = call_of(entry.kind, entry.arguments);
  const gateway::Tool* const tool = tools.find(name);
  if (tool == nullptr) return fail(serial, "unknown_tool", "the device has no tool '" + name + "'", now);
  if (tool->user_only && !entry.record.user_tools) {
    return fail(serial, "user_tool",
                "'" + name + "' is for users only: it needs allow_user_tools and the right to it", now);
  }
  if (const auto good = gateway::check_arguments(*tool, arguments); !good) {
    return fail(serial, "bad_arguments", good.error().message, now);
  }
  entry.phase = Phase::kRunning;
  set_deadline(serial, entry, now.steady + entry.record.timeout);
  mark_sent(entry, now);
  add_order(serial, entry,
            gateway::CallTool{
                .tool = std::move(name), .arguments = std::move(arguments), .timeout = entry.record.timeout});
}

void CommandBook::call_answered(CommandSerial serial, Entry& entry, const json::object& result,
                                const Moment& now) {
  json::object shown = tool_result(result);
  const std::string text = text_of(shown, "text");
  if (json::find_bool(result, "isError").value_or(false)) return fail(serial, "device_error", text, now);
  const std::string tool = call_of(entry.kind, entry.arguments).first;
  // An upgrade answers only when it failed, and then `true` (8.4).
  if (tool == kUpgradeTool)
    return fail(serial, "device_error", "the device could not install the firmware", now);
  if (entry.kind == CommandKind::kReboot) shown = {{"how", "answer"}};
  answer(serial, std::move(shown), now);
}

// Nothing of it has left but questions.
void CommandBook::put_back(CommandSerial serial, Entry& entry) {
  if (entry.kind == CommandKind::kTools) return;  // it was sent: its deadline decides
  Lane& lane = lanes_.at(entry.record.device);
  lane.on_line.reset();
  lane.waiting.push_front(serial);
  entry.question = 0;
  entry.phase = Phase::kWaiting;
  set_deadline(serial, entry, entry.expires);
}

void CommandBook::mark_sent(Entry& entry, const Moment& now) {
  entry.record.state = CommandState::kSent;
  entry.record.sent = now.wall;
  BookStep step;
  step.receipt = entry.record;
  steps_.push_back(std::move(step));
}

void CommandBook::answer(CommandSerial serial, json::object result, const Moment& now) {
  entries_.at(serial).record.result = json::serialize(result);
  finish(serial, CommandState::kAnswered, now);
}

void CommandBook::fail(CommandSerial serial, std::string_view code, std::string message, const Moment& now) {
  store::Command& record = entries_.at(serial).record;
  record.error_code = code;
  record.error_message = std::move(message);
  finish(serial, CommandState::kFailed, now);
}

void CommandBook::finish(CommandSerial serial, CommandState state, const Moment& now) {
  const auto found = entries_.find(serial);
  Entry& entry = found->second;
  entry.record.state = state;
  entry.record.finished = now.wall;
  const DeviceId device = entry.record.device;
  deadlines_.erase({entry.deadline, serial});
  by_key_.erase(std::pair(entry.record.by, entry.record.id));
  Lane& lane = lanes_.at(device);
  if (lane.on_line == serial) {
    lane.on_line.reset();
  } else {
    std::erase(lane.waiting, serial);
  }
  if (!lane.on_line && lane.waiting.empty() && lane.reserved == 0) lanes_.erase(device);
  BookStep step;
  step.receipt = std::move(entry.record);
  steps_.push_back(std::move(step));
  entries_.erase(found);
  advance(device, now);
}

void CommandBook::set_deadline(CommandSerial serial, Entry& entry, SteadyTime when) {
  deadlines_.erase({entry.deadline, serial});
  entry.deadline = when;
  deadlines_.emplace(when, serial);
}

CommandBook::Entry* CommandBook::running(const DeviceId& device, CommandSerial& serial) {
  const auto lane = lanes_.find(device);
  if (lane == lanes_.end() || !lane->second.on_line) return nullptr;
  serial = *lane->second.on_line;
  return &entries_.at(serial);
}

}  // namespace earshot::commands
