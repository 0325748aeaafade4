// workers, drain, sessions, end, conversations, system.
#include <algorithm>
#include <thread>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr Milliseconds kLookEvery{250};

std::string since(const Context& context, const json::object& from, const char* key) {
  return duration_text(context.now_ms - number(from, key));
}

void workers(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/workers", {}, kMostListed),
      {{.title = "ID", .least = 8},
       {.title = "VERSION"},
       {.title = "SESSIONS", .right = true},
       {.title = "CAPACITY", .right = true},
       {.title = "BUSY", .right = true},
       {.title = "STATE"}},
      [](const json::object& worker) -> std::vector<Cell> {
        const bool draining = truth(worker, "draining");
        return {member(worker, "id"),
                member(worker, "version"),
                member(worker, "sessions"),
                member(worker, "capacity"),
                std::to_string(number(worker, "busy_permille") / 10) + "%",
                {draining ? "draining" : "ready", draining ? Colour::kYellow : Colour::kGreen}};
      },
      "no workers are connected: workers.spawn, or start earshot-worker --gateway");
}

// RETURNS: 0 also when it is not linked any more.
std::int64_t sessions_of(Context& context, const std::string& worker) {
  const json::array all = context.api.list("/api/v1/workers", {}, kMostListed);
  const auto found = std::ranges::find_if(
      all, [&](const json::value& one) { return member(object_of(one), "id") == worker; });
  return found == all.end() ? 0 : number(object_of(*found), "sessions");
}

void drain(Context& context, const Arguments& arguments) {
  const std::string id = arguments.text("WORKER");
  const json::value answer = context.api.send("POST", "/api/v1/workers/" + encoded(id) + "/drain", {}).body;
  if (!arguments.has("--wait")) return print_done(context, "draining " + id, answer);
  Progress progress(context.terminal);
  while (const std::int64_t open = sessions_of(context, id)) {
    progress.show(id + " has " + std::to_string(open) + (open == 1 ? " conversation" : " conversations"));
    std::this_thread::sleep_for(kLookEvery);
  }
  print_done(context, id + " has no conversation and may be stopped", answer);
}

void reload(Context& context, const Arguments&) {
  const json::value answer = context.api.send("POST", "/api/v1/system/reload", {}).body;
  const auto names = [&](std::string_view key) {
    std::string joined;
    if (const json::array* keys = json::find_array(object_of(answer), key)) {
      for (const json::value& one : *keys)
        joined += (joined.empty() ? "" : ", ") +
                  std::string(one.is_string() ? std::string_view(one.get_string()) : "");
    }
    return joined;
  };
  const std::string applied = names("applied");
  const std::string waiting = names("wants_restart");
  print_done(context,
             (applied.empty() ? "nothing has changed that runs" : "in force now: " + applied) +
                 (waiting.empty() ? "" : "; only after a restart: " + waiting),
             answer);
}

void sessions(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/sessions", {}, kMostListed),
      {{.title = "SESSION"}, {.title = "DEVICE"}, {.title = "WORKER", .least = 6}, {.title = "LASTS"}},
      [&](const json::object& session) -> std::vector<Cell> {
        return {member(session, "session"), member(session, "device"), member(session, "worker"),
                since(context, session, "started")};
      },
      "nobody is talking");
}

void conversations(Context& context, const Arguments& arguments) {
  const std::string device =
      arguments.has("--device") ? find_device(context, arguments.text("--device")) : std::string();
  print_list(
      context,
      context.api.list("/api/v1/conversations", {{"device", device}},
                       static_cast<std::size_t>(arguments.number("--limit", 50))),
      {{.title = "SESSION"},
       {.title = "DEVICE"},
       {.title = "AGENT", .least = 6},
       {.title = "STARTED"},
       {.title = "TURNS", .right = true},
       {.title = "END", .least = 6}},
      [&](const json::object& one) -> std::vector<Cell> {
        return {member(one, "session"), member(one, "device"),
                member(one, "agent"),   date_text(number(one, "started"), context.utc_offset_s),
                member(one, "turns"),   member(one, "end_reason")};
      },
      "no conversations");
}

void conversation(Context& context, const Arguments& arguments) {
  const json::value answer = context.api.get("/api/v1/conversations/" + encoded(arguments.text("SESSION")));
  if (context.terminal.json()) return print_json(context, answer);
  const json::object& one = object_of(answer);
  context.terminal.line(member(one, "device") + "  " +
                        date_text(number(one, "started"), context.utc_offset_s));
  const json::array* turns = json::find_array(one, "turns");
  for (const auto& item : turns == nullptr ? json::array() : *turns) {
    const json::object& turn = object_of(item);
    const auto first_audio = number(turn, "first_audio_ms");
    const auto said = [&](const char* who, const std::string& text, const std::string& note) {
      if (text.empty()) return;
      context.terminal.print(context.terminal.paint(who, Colour::kBold) + " " + printable(text) + " " +
                             context.terminal.paint(note, Colour::kDim) + "\n");
    };
    said("user ", member(turn, "user_text"), "");
    said("reply", member(turn, "reply_text"), first_audio > 0 ? "(" + duration_text(first_audio) + ")" : "");
  }
}

void system(Context& context, const Arguments&) {
  const json::value answer = context.api.get("/api/v1/system");
  if (context.terminal.json()) return print_json(context, answer);
  const json::object& all = object_of(answer);
  const bool broker = truth(all, "broker_connected");
  print_facts(context,
              {{"gateway", context.api.url()},
               {"version", member(all, "version")},
               {"up", duration_text(number(all, "uptime_ms"))},
               {"admission", member(all, "admission")},
               {"broker", broker ? "connected" : "not connected", broker ? Colour::kGreen : Colour::kRed},
               {"devices", member(all, "devices")},
               {"online", member(all, "online")},
               {"sessions", member(all, "sessions")}});
}

}  // namespace

void add_conversation_commands(std::vector<Command>& all) {
  all.push_back({"system", "The gateway itself: version, admission, how many devices", {}, system});
  all.push_back({"reload", "Has the gateway and its own workers read their configuration again", {}, reload});
  all.push_back({"workers list", "The voice workers and their load", {}, workers});
  all.push_back({"drain",
                 "Gives a worker's conversations to others, between answers, and no new ones to it",
                 {place("WORKER", "As workers shows it", Hint::kWorker),
                  flag("--wait", "Until it has no conversation any more")},
                 drain});
  all.push_back({"sessions", "Who is talking now", {}, sessions});
  all.push_back({"end",
                 "Ends a conversation that is going on",
                 {place("SESSION", "As sessions shows it", Hint::kSession)},
                 [](Context& context, const Arguments& arguments) {
                   const std::string id = arguments.text("SESSION");
                   print_done(context, "ended " + id,
                              context.api.send("DELETE", "/api/v1/sessions/" + encoded(id), {}).body);
                 }});
  all.push_back({"conversations list",
                 "Conversations that were kept",
                 {option("--device", "DEVICE", "Of one device", Hint::kDevice),
                  option("--limit", "N", "At most so many, the latest first [50]")},
                 conversations});
  all.push_back({"conversations show",
                 "What was said in one",
                 {place("SESSION", "As conversations list shows it")},
                 conversation});
}

}  // namespace earshot::ctl
