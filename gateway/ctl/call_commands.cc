// tools, call, say, alert, reboot, upgrade, message; command list/show/cancel.
#include <algorithm>
#include <optional>
#include <thread>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/receipt.h"
#include "gateway/ctl/time_text.h"
#include "gateway/ctl/typed_arguments.h"

namespace earshot::ctl {

namespace {

constexpr std::int64_t kFirstWaitMs = 1'500;  // in the request itself, which saves asking
constexpr std::int64_t kMarginMs = 5'000;     // for the gateway to say "expired" itself
// Beyond its timeout a text has the time that it takes to be spoken: at most this (docs/commands.md).
constexpr std::int64_t kLongestSpeechMs = 260'000;
constexpr Milliseconds kPollEvery{250};
constexpr std::size_t kMostCommands = 200;

std::vector<Parameter> with_waiting(std::vector<Parameter> own) {
  own.push_back(option("--tag", "TAG", "To all devices with the tag, instead of DEVICE"));
  own.push_back(
      option("--timeout", "TIME", "The device has so long to answer [10s; say 30s, reboot 1m, upgrade 5m]"));
  own.push_back(option("--ttl", "TIME", "Waits for an offline device so long, at most 7d [60s]"));
  own.push_back(flag("--no-wait", "Do not wait for the result"));
  own.push_back(option("--id", "KEY", "Idempotency key: the same one never runs twice"));
  return own;
}

// DEVICE is left out with --tag; the words behind it move up.
struct Target {
  std::string device;
  std::vector<std::string> words;
};
Target target_of(Context& context, const Arguments& arguments, const char* words) {
  Target target{.device = {}, .words = arguments.all(words)};
  if (!arguments.has("--tag")) {
    target.device = find_device(context, arguments.text("DEVICE"));
  } else if (arguments.has("DEVICE")) {
    target.words.insert(target.words.begin(), arguments.text("DEVICE"));
  }
  return target;
}

std::vector<std::pair<std::string, std::string>> names_of(Context& context, const json::array& commands) {
  std::vector<std::pair<std::string, std::string>> names;
  if (commands.size() < 2) return names;
  for (const auto& item : context.api.list("/api/v1/devices", {}, 10'000))
    names.emplace_back(member(object_of(item), "id"), member(object_of(item), "name"));
  return names;
}

void print_receipts(Context& context, const json::array& commands) {
  if (commands.size() == 1) {
    const json::object& only = object_of(commands.front());
    if (context.terminal.json()) return print_json(context, only);
    if (exit_of(only) != Exit::kOk) return;  // told on stderr
    if (!is_finished(only)) return context.terminal.line(member(only, "id") + " " + member(only, "state"));
    return context.terminal.line(outcome_text(only));
  }
  const auto names = names_of(context, commands);
  print_list(
      context, commands,
      {{.title = "DEVICE"},
       {.title = "NAME", .least = 8},
       {.title = "STATE"},
       {.title = "RESULT", .least = 16}},
      [&](const json::object& command) -> std::vector<Cell> {
        const std::string id = member(command, "device");
        const auto known = std::ranges::find(names, id, &std::pair<std::string, std::string>::first);
        const bool good = exit_of(command) == Exit::kOk;
        return {id,
                known == names.end() ? std::string() : known->second,
                {member(command, "state"), good ? Colour::kGreen : Colour::kRed},
                outcome_text(command)};
      },
      "no device has that tag");
}

// Asks again for those that are not finished, until all are or `patience_ms` is over.
void wait_for(Context& context, json::array& commands, std::int64_t patience_ms) {
  Progress progress(context.terminal);
  const auto deadline = std::chrono::steady_clock::now() + Milliseconds(patience_ms);
  while (true) {
    std::size_t open = 0;
    std::string waits;
    for (auto& command : commands) {
      if (is_finished(object_of(command))) continue;
      command = context.api.get("/api/v1/commands/" + encoded(member(object_of(command), "id")));
      if (is_finished(object_of(command))) continue;
      ++open;
      waits = member(object_of(command), "device") + (member(object_of(command), "state") == "queued"
                                                          ? " is offline: waiting for it"
                                                          : ": waiting for its answer");
    }
    if (open == 0 || std::chrono::steady_clock::now() > deadline) return;
    progress.show(open == 1 ? waits : "waiting for " + std::to_string(open) + " devices");
    std::this_thread::sleep_for(kPollEvery);
  }
}

// As long as the gateway itself may take to say what became of them.
std::int64_t patience_ms(const json::array& commands) {
  std::int64_t longest = 0;
  for (const auto& item : commands) {
    const json::object& command = object_of(item);
    const std::int64_t speech = member(command, "kind") == "say" ? kLongestSpeechMs : 0;
    longest = std::max(longest, number(command, "timeout_ms") + number(command, "ttl_ms") + speech);
  }
  return longest + kMarginMs;
}

void issue(Context& context, const Arguments& arguments, const std::string& device, json::object request) {
  if (device.empty())
    request["tag"] = arguments.text("--tag");
  else
    request["device"] = device;
  // The API knows what each kind needs: an upgrade is not done in the time of a tool.
  if (arguments.has("--timeout")) request["timeout_ms"] = arguments.duration_ms("--timeout", 0);
  if (arguments.has("--ttl")) request["ttl_ms"] = arguments.duration_ms("--ttl", 0);
  if (arguments.has("--id")) request["id"] = arguments.text("--id");
  const bool wait = !arguments.has("--no-wait");
  const auto answer = context.api.send(
      "POST", "/api/v1/commands" + query({{"wait_ms", wait ? std::to_string(kFirstWaitMs) : ""}}), request);
  const json::array* items = json::find_array(object_of(answer.body), "items");
  if (items == nullptr) throw Failure(Exit::kFailed, "the gateway did not say what became of the command");
  json::array commands = *items;
  if (wait) wait_for(context, commands, patience_ms(commands));
  print_receipts(context, commands);
  for (const auto& command : commands) {
    const Exit exit = exit_of(object_of(command));
    if (exit != Exit::kOk)
      throw Failure(exit, commands.size() == 1 ? printable(outcome_text(object_of(command)))
                                               : "not all devices did it");
    if (wait && !is_finished(object_of(command)))
      throw Failure(Exit::kFailed,
                    "still not finished; earshotctl command show " + member(object_of(command), "id"));
  }
}

json::array tools_of(Context& context, const std::string& device, bool refresh) {
  const json::value answer = context.api.get(device_path(device, "/tools") + (refresh ? "?refresh=1" : ""));
  const json::array* tools = json::find_array(object_of(answer), "tools");
  return tools == nullptr ? json::array() : *tools;
}

// As the gateway has kept them; a device that never told them is asked.
json::array known_tools_of(Context& context, const std::string& device) {
  try {
    return tools_of(context, device, false);
  } catch (const Failure& failure) {
    if (failure.code() != Exit::kNotFound) throw;
    return tools_of(context, device, true);
  }
}

// nullopt: unknown tool, or nobody knows the device's tools (it is offline): the device will judge.
std::optional<json::object> schema_of(Context& context, const std::string& device, const std::string& tool) {
  try {
    for (const auto& one : known_tools_of(context, device)) {
      if (member(object_of(one), "name") != tool) continue;
      const json::object* schema = json::find_object(object_of(one), "input_schema");
      return schema == nullptr ? json::object() : *schema;
    }
  } catch (const Failure& failure) {
    if (failure.code() == Exit::kUnreachable || failure.code() == Exit::kUnauthorised) throw;
  }
  return std::nullopt;
}

// "volume=INTEGER 0..100, on=BOOLEAN"
std::string parameters_text(const json::object& tool) {
  const json::object* schema = json::find_object(tool, "input_schema");
  const json::object* properties = schema == nullptr ? nullptr : json::find_object(*schema, "properties");
  std::string text;
  if (properties == nullptr) return text;
  for (const auto& [key, value] : *properties) {
    const json::object& property = object_of(value);
    text += (text.empty() ? "" : ", ") + std::string(key) + "=" + member(property, "type");
    if (property.contains("minimum") || property.contains("maximum"))
      text += " " + member(property, "minimum") + ".." + member(property, "maximum");
  }
  return text;
}

void tools(Context& context, const Arguments& arguments) {
  const std::string device = find_device(context, arguments.text("DEVICE"));
  const auto found =
      arguments.has("--refresh") ? tools_of(context, device, true) : known_tools_of(context, device);
  print_list(
      context, found,
      {{.title = "TOOL"},
       {.title = "ARGUMENTS", .least = 16},
       {.title = "FOR"},
       {.title = "DESCRIPTION", .least = 20}},
      [](const json::object& tool) -> std::vector<Cell> {
        return {member(tool, "name"),
                parameters_text(tool),
                {truth(tool, "user_only") ? "user" : "", Colour::kYellow},
                member(tool, "description")};
      },
      "the device has no tools (--refresh asks it)");
}

void call(Context& context, const Arguments& arguments) {
  Target target = target_of(context, arguments, "KEY=VALUE");
  std::string tool = arguments.text("TOOL");
  if (arguments.has("--tag")) {  // TOOL stands where DEVICE would
    if (arguments.has("TOOL")) target.words.insert(target.words.begin() + 1, tool);
    if (target.words.empty()) throw Failure(Exit::kUsage, "which tool?");
    tool = target.words.front();
    target.words.erase(target.words.begin());
  } else if (tool.empty()) {
    throw Failure(Exit::kUsage, "which tool? (earshotctl tools " + arguments.text("DEVICE") + ")");
  }
  json::object tool_arguments;
  if (arguments.has("--json-args")) {
    if (!target.words.empty()) throw Failure(Exit::kUsage, "either KEY=VALUE or --json-args");
    auto parsed = json::parse_object(arguments.text("--json-args"), 64 * 1024);
    if (!parsed) throw Failure(Exit::kUsage, "--json-args takes a JSON object: " + parsed.error().message);
    tool_arguments = std::move(parsed).value();
  } else if (!target.words.empty()) {
    const auto schema = target.device.empty() ? std::nullopt : schema_of(context, target.device, tool);
    auto typed = typed_arguments(target.words, schema ? &*schema : nullptr);
    if (!typed) throw Failure(Exit::kUsage, typed.error().message);
    tool_arguments = std::move(typed).value();
  }
  json::object request{{"kind", "tool"}, {"tool", tool}, {"arguments", tool_arguments}};
  if (arguments.has("--user-tools")) request["allow_user_tools"] = true;
  issue(context, arguments, target.device, std::move(request));
}

std::string text_of(const Target& target) {
  std::string text;
  for (const auto& word : target.words) text += (text.empty() ? "" : " ") + word;
  if (text.empty()) throw Failure(Exit::kUsage, "what text?");
  return text;
}

void say(Context& context, const Arguments& arguments) {
  const Target target = target_of(context, arguments, "TEXT");
  json::object request{{"kind", "say"}, {"text", text_of(target)}};
  issue(context, arguments, target.device, std::move(request));
}

void alert(Context& context, const Arguments& arguments) {
  const Target target = target_of(context, arguments, "TEXT");
  issue(context, arguments, target.device,
        {{"kind", "alert"},
         {"status", arguments.text("--status", "Message")},
         {"message", text_of(target)},
         {"emotion", arguments.text("--emotion", "neutral")}});
}

void upgrade(Context& context, const Arguments& arguments) {
  json::object request{{"kind", "upgrade"}};
  if (arguments.has("--image") == arguments.has("--from"))
    throw Failure(Exit::kUsage, "upgrade takes either --image ID (earshotctl firmware) or --from URL");
  if (arguments.has("--image")) request["image"] = arguments.text("--image");
  if (arguments.has("--from")) request["url"] = arguments.text("--from");
  issue(context, arguments, target_of(context, arguments, "").device, std::move(request));
}

void message(Context& context, const Arguments& arguments) {
  const Target target = target_of(context, arguments, "PAYLOAD");
  auto payload = json::parse_object(text_of(target), 64 * 1024);
  if (!payload) throw Failure(Exit::kUsage, "the payload must be a JSON object: " + payload.error().message);
  issue(context, arguments, target.device, {{"kind", "message"}, {"payload", std::move(payload).value()}});
}

void list(Context& context, const Arguments& arguments) {
  const std::string device =
      arguments.has("--device") ? find_device(context, arguments.text("--device")) : std::string();
  const auto items =
      context.api.list("/api/v1/commands", {{"device", device}, {"state", arguments.text("--state")}},
                       static_cast<std::size_t>(arguments.number("--limit", kMostCommands)));
  print_list(
      context, items,
      {{.title = "ID", .least = 12},
       {.title = "DEVICE"},
       {.title = "WHAT", .least = 12},
       {.title = "STATE"},
       {.title = "WHEN"},
       {.title = "BY", .least = 6},
       {.title = "RESULT", .least = 12}},
      [&](const json::object& command) -> std::vector<Cell> {
        const Colour colour = exit_of(command) != Exit::kOk ? Colour::kRed
                              : is_finished(command)        ? Colour::kGreen
                                                            : Colour::kYellow;
        const std::string tool = member(command, "tool");
        return {member(command, "id"),
                member(command, "device"),
                tool.empty() ? member(command, "kind") : tool,
                {member(command, "state"), colour},
                relative_text(number(command, "created"), context.now_ms),
                member(command, "by"),
                is_finished(command) ? outcome_text(command) : std::string()};
      },
      "no commands");
}

void print_command(Context& context, const json::value& answer) {
  if (context.terminal.json()) return print_json(context, answer);
  const json::object& command = object_of(answer);
  const auto time = [&](const char* key) {
    return number(command, key) == 0 ? std::string() : date_text(number(command, key), context.utc_offset_s);
  };
  const auto took = number(command, "finished") - number(command, "sent");
  print_facts(
      context,
      {{"id", member(command, "id")},
       {"device", member(command, "device")},
       {"kind", member(command, "kind")},
       {"tool", member(command, "tool")},
       {"arguments", member(command, "arguments")},
       {"state", member(command, "state"), exit_of(command) == Exit::kOk ? Colour::kGreen : Colour::kRed},
       {"result", is_finished(command) ? outcome_text(command) : std::string()},
       {"by", member(command, "by")},
       {"created", time("created")},
       {"sent", time("sent")},
       {"finished", time("finished")},
       {"took",
        number(command, "sent") != 0 && number(command, "finished") != 0 ? duration_text(took) : ""}});
}

}  // namespace

void add_call_commands(std::vector<Command>& all) {
  const Parameter device = optional_place("DEVICE", device_place().help, Hint::kDevice);
  all.push_back(
      {"tools", "What a device can do", {device_place(), flag("--refresh", "Ask the device itself")}, tools});
  all.push_back({"call", "Calls a tool of a device and prints its answer",
                 with_waiting({device, optional_place("TOOL", "As earshotctl tools names it", Hint::kTool),
                               places("KEY=VALUE", "The tool's arguments, typed as its schema says", false,
                                      Hint::kToolArgument),
                               option("--json-args", "JSON", "The arguments as one JSON object"),
                               flag("--user-tools", "Allow a tool that is for the device's user only")}),
                 call});
  all.push_back({"say", "Makes a device speak (or, where its firmware cannot, shows the text)",
                 with_waiting({device, places("TEXT", "What it says", false)}), say});
  all.push_back({"alert", "Shows a message on a device, with a sound",
                 with_waiting({device, places("TEXT", "The message", false),
                               option("--status", "TEXT", "Its heading [Message]"),
                               option("--emotion", "NAME", "The face it makes [neutral]")}),
                 alert});
  all.push_back(
      {"reboot", "Reboots a device",
       with_waiting({device, flag("--system", "By a system message, for firmware without MCP tools")}),
       [](Context& context, const Arguments& arguments) {
         json::object request{{"kind", "reboot"}};
         if (arguments.has("--system")) request["system"] = true;
         issue(context, arguments, target_of(context, arguments, "").device, std::move(request));
       }});
  all.push_back({"upgrade", "Makes a device install firmware now",
                 with_waiting({device, option("--image", "ID", "An image of this gateway", Hint::kImage),
                               option("--from", "URL", "An image anywhere")}),
                 upgrade});
  all.push_back({"message", "Sends a custom message to a device",
                 with_waiting({device, places("PAYLOAD", "A JSON object", false)}), message});
  all.push_back({"command list",
                 "Commands and what became of them",
                 {option("--device", "DEVICE", "Of one device", Hint::kDevice),
                  choice("--state", "STATE", "queued, sent, answered, failed, expired or cancelled",
                         {"queued", "sent", "answered", "failed", "expired", "cancelled"}),
                  option("--limit", "N", "At most so many [200]")},
                 list});
  all.push_back({"command show",
                 "All about one command",
                 {place("ID", "As command list shows it")},
                 [](Context& context, const Arguments& arguments) {
                   print_command(context,
                                 context.api.get("/api/v1/commands/" + encoded(arguments.text("ID"))));
                 }});
  all.push_back(
      {"command cancel",
       "Takes back a command that was not sent yet",
       {place("ID", "As command list shows it")},
       [](Context& context, const Arguments& arguments) {
         print_command(
             context,
             context.api.send("POST", "/api/v1/commands/" + encoded(arguments.text("ID")) + "/cancel", {})
                 .body);
       }});
}

}  // namespace earshot::ctl
