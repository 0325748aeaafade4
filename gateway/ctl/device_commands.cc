// devices, show, set, bind, allow, unbind, rotate, block, unblock, remove.
#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr std::int64_t kMostDevices = 10'000;

Cell presence(const Context& context, const json::object& device) {
  if (!truth(device, "online"))
    return {relative_text(number(device, "last_seen"), context.now_ms), Colour::kDim};
  const std::string session = member(device, "session");
  return {session.empty() ? "online" : "talking", Colour::kGreen};
}

Cell state_of(const json::object& device) {
  const std::string state = member(device, "state");
  if (state == "blocked") return {state, Colour::kRed};
  if (state == "waiting") return {state, Colour::kYellow};
  return state;
}

void devices(Context& context, const Arguments& arguments) {
  const auto yes_no = [&](const char* yes, const char* no) {
    return arguments.has(yes)  ? std::string("true")
           : arguments.has(no) ? std::string("false")
                               : std::string();
  };
  const auto items = context.api.list("/api/v1/devices",
                                      {{"q", arguments.joined("TEXT")},
                                       {"tag", arguments.text("--tag")},
                                       {"online", yes_no("--online", "--offline")},
                                       {"bound", yes_no("--bound", "--unbound")}},
                                      static_cast<std::size_t>(arguments.number("--limit", kMostDevices)));
  print_list(
      context, items,
      {{.title = "NAME", .least = 8},
       {.title = "ID"},
       {.title = "SEEN"},
       {.title = "STATE"},
       {.title = "BOARD", .least = 8},
       {.title = "FIRMWARE", .least = 6},
       {.title = "AGENT", .least = 6},
       {.title = "TAGS", .least = 6}},
      [&](const json::object& device) -> std::vector<Cell> {
        return {member(device, "name"),  member(device, "id"),    presence(context, device),
                state_of(device),        member(device, "board"), member(device, "firmware"),
                member(device, "agent"), member(device, "tags")};
      },
      "no devices");
}

void print_device(const Context& context, const json::object& device) {
  const auto time = [&](const char* key) {
    const auto at = number(device, key);
    return at == 0 ? std::string()
                   : date_text(at, context.utc_offset_s) + " (" + relative_text(at, context.now_ms) + ")";
  };
  const bool online = truth(device, "online");
  print_facts(context, {{"name", member(device, "name"), Colour::kBold},
                        {"id", member(device, "id")},
                        {"state", state_of(device).text, state_of(device).colour},
                        {"online", online ? "since " + time("online_since") : "no",
                         online ? Colour::kGreen : Colour::kNone},
                        {"session", member(device, "session")},
                        {"worker", member(device, "worker")},
                        {"owner", member(device, "owner")},
                        {"agent", member(device, "agent")},
                        {"tags", member(device, "tags")},
                        {"board", member(device, "board")},
                        {"firmware", member(device, "firmware")},
                        {"updates itself", truth(device, "auto_update") ? "yes" : "no"},
                        {"transport", member(device, "transport")},
                        {"language", member(device, "language")},
                        {"serial", member(device, "serial")},
                        {"first seen", time("first_seen")},
                        {"last seen", time("last_seen")},
                        {"from", member(device, "last_peer")}});
}

void show(Context& context, const Arguments& arguments) {
  const json::value device = context.api.get(device_path(find_device(context, arguments.text("DEVICE"))));
  if (context.terminal.json()) return print_json(context, device);
  print_device(context, object_of(device));
}

void set(Context& context, const Arguments& arguments) {
  json::object changes;
  if (arguments.has("--name")) changes["name"] = arguments.text("--name");
  if (arguments.has("--agent")) changes["agent"] = arguments.text("--agent");
  if (arguments.has("--transport")) changes["transport"] = arguments.text("--transport");
  if (arguments.has("--auto-update")) changes["auto_update"] = arguments.on_off("--auto-update");
  if (arguments.has("--tags")) {
    json::array tags;
    for (const auto& tag : arguments.list("--tags")) tags.emplace_back(tag);
    changes["tags"] = tags;
  }
  if (changes.empty()) throw Failure(Exit::kUsage, "nothing to set: see earshotctl set --help");
  const std::string id = find_device(context, arguments.text("DEVICE"));
  const auto answer = context.api.send("PATCH", device_path(id), changes);
  if (context.terminal.json()) return print_json(context, answer.body);
  print_device(context, object_of(answer.body));
}

std::string called(const json::object& device) {
  const std::string name = member(device, "name");
  return name.empty() ? member(device, "id") : name + " (" + member(device, "id") + ")";
}

void bind(Context& context, const Arguments& arguments) {
  json::object body{{"code", arguments.text("CODE")}};
  if (arguments.has("--name")) body["name"] = arguments.text("--name");
  if (arguments.has("--agent")) body["agent"] = arguments.text("--agent");
  const auto answer = context.api.send("POST", "/api/v1/devices/bind", body);
  print_done(context, "bound " + called(object_of(answer.body)), answer.body);
}

void allow(Context& context, const Arguments& arguments) {
  json::object body{{"device", arguments.text("MAC")}};
  if (arguments.has("--name")) body["name"] = arguments.text("--name");
  if (arguments.has("--client-uuid")) body["client_uuid"] = arguments.text("--client-uuid");
  const auto answer = context.api.send("POST", "/api/v1/devices/allow", body);
  print_done(context, "allowed " + called(object_of(answer.body)), answer.body);
}

// A change of one device that needs nothing but its name.
void change(Context& context, const Arguments& arguments, const char* method, const char* rest,
            const json::object& body, const std::string& done) {
  const std::string id = find_device(context, arguments.text("DEVICE"));
  const auto answer = context.api.send(method, device_path(id, rest), body);
  print_done(context, done + " " + id, answer.body);
}

}  // namespace

void add_device_commands(std::vector<Command>& all) {
  all.push_back(
      {"devices",
       "The devices, or those that fit a text",
       {places("TEXT", "In id, name, board, firmware, agent or a tag", false),
        flag("--online", "Only those online"), flag("--offline", "Only those offline"),
        flag("--bound", "Only those bound"), flag("--unbound", "Only those not bound"),
        option("--tag", "TAG", "Only those with the tag"), option("--limit", "N", "At most so many [10000]")},
       devices});
  all.push_back({"show", "All about one device", {device_place()}, show});
  all.push_back({"set",
                 "Changes what is kept of a device",
                 {device_place(), option("--name", "NAME", "Its name; \"\" for none"),
                  option("--tags", "LIST", "Its tags, with commas; \"\" for none"),
                  option("--agent", "AGENT", "Who speaks there", Hint::kAgent),
                  choice("--transport", "WAY", "mqtt or websocket: what it is told at its next boot",
                         {"mqtt", "websocket"}),
                  choice("--auto-update", "ON", "on or off: offer it firmware", {"on", "off"})},
                 set});
  all.push_back({"bind",
                 "Binds the device that shows this code",
                 {place("CODE", "The six digits on its display"), option("--name", "NAME", "Its name"),
                  option("--agent", "AGENT", "Who speaks there", Hint::kAgent)},
                 bind});
  all.push_back({"allow",
                 "Lets a device in without a code",
                 {place("MAC", "Its MAC address"), option("--name", "NAME", "Its name"),
                  option("--client-uuid", "UUID", "Pin this client id; else the first one seen is pinned")},
                 allow});
  all.push_back({"unbind",
                 "Takes a device from its owner: it shows a code again",
                 {device_place()},
                 [](Context& context, const Arguments& arguments) {
                   change(context, arguments, "POST", "/unbind", {}, "unbound");
                 }});
  all.push_back(
      {"rotate",
       "Gives a device new credentials at its next boot",
       {device_place(), flag("--now", "The old ones end at once: it is away until it is restarted")},
       [](Context& context, const Arguments& arguments) {
         change(context, arguments, "POST", "/rotate", {{"now", arguments.has("--now")}},
                "new credentials for");
       }});
  all.push_back(
      {"block", "Keeps a device out", {device_place()}, [](Context& context, const Arguments& arguments) {
         change(context, arguments, "PATCH", "", {{"blocked", true}}, "blocked");
       }});
  all.push_back({"unblock",
                 "Lets a blocked device in again",
                 {device_place()},
                 [](Context& context, const Arguments& arguments) {
                   change(context, arguments, "PATCH", "", {{"blocked", false}}, "unblocked");
                 }});
  all.push_back(
      {"remove", "Forgets a device", {device_place()}, [](Context& context, const Arguments& arguments) {
         change(context, arguments, "DELETE", "", {}, "removed");
       }});
}

}  // namespace earshot::ctl
