// memory show, memory forget, forget: what agents remember of a device's users.
#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr std::int64_t kMemoryPage = 1000;

std::string memory_path(const std::string& device) {
  return "/api/v1/devices/" + encoded(device) + "/memory";
}

void show_memory(Context& context, const Arguments& arguments) {
  const std::string device = find_device(context, arguments.text("DEVICE"));
  const std::string limit = std::to_string(arguments.number("--limit", 20));
  const json::value answer = context.api.get(memory_path(device) + "?limit=" + limit);
  if (context.terminal.json()) return print_json(context, answer);
  const json::object& memory = object_of(answer);
  const auto each = [&](const char* key, auto&& line) {
    const json::array* items = json::find_array(memory, key);
    for (const auto& item : items == nullptr ? json::array() : *items)
      context.terminal.line(line(object_of(item)));
  };
  const auto date = [&](const json::object& one, const char* key) {
    return date_text(number(one, key), context.utc_offset_s);
  };
  each("facts", [&](const json::object& one) {
    return "fact " + member(one, "id") + "  " + date(one, "learnt") + "  " + printable(member(one, "text"));
  });
  each("summaries", [&](const json::object& one) {
    return "conversation  " + date(one, "at") + "  " + printable(member(one, "text"));
  });
  each("turns", [&](const json::object& one) {
    return date(one, "at") + "  " + printable(member(one, "user_text")) + "  -  " +
           printable(member(one, "reply_text"));
  });
  context.terminal.line(member(memory, "turns_in_all") + " turns in all");
}

void forget_fact(Context& context, const Arguments& arguments) {
  const std::string device = find_device(context, arguments.text("DEVICE"));
  const std::string fact = arguments.text("FACT");
  print_done(context, "forgotten",
             context.api.send("DELETE", memory_path(device) + "/facts/" + encoded(fact), {}).body);
}

// All pages as one document, to be kept before it is forgotten.
json::value whole_memory(Context& context, const std::string& device) {
  json::object whole;
  json::array turns;
  std::int64_t before = 0;
  while (true) {
    std::string path = memory_path(device) + "?limit=" + std::to_string(kMemoryPage);
    if (before > 0) path += "&before=" + std::to_string(before);
    const json::value page = context.api.get(path);
    if (before == 0) whole = object_of(page);
    const json::array* some = json::find_array(object_of(page), "turns");
    if (some == nullptr || some->empty()) break;
    for (const auto& turn : *some) turns.push_back(turn);
    before = number(object_of(some->back()), "at");
  }
  whole["turns"] = std::move(turns);
  return whole;
}

void forget(Context& context, const Arguments& arguments) {
  const std::string device = find_device(context, arguments.text("DEVICE"));
  if (arguments.has("--export")) return print_json(context, whole_memory(context, device));
  if (!arguments.has("--yes"))
    throw Failure(Exit::kUsage, "it cannot be undone: say --yes, or --export to see it first");
  print_done(context, "all about " + device + " is forgotten",
             context.api.send("DELETE", memory_path(device), {}).body);
}

}  // namespace

void add_memory_commands(std::vector<Command>& all) {
  all.push_back({"memory show",
                 "What agents remember of a device's users",
                 {device_place(), option("--limit", "N", "So many of the latest turns [20]")},
                 show_memory});
  all.push_back({"memory forget",
                 "Forgets one fact",
                 {device_place(), place("FACT", "Its number, as memory show prints it")},
                 forget_fact});
  all.push_back({"forget",
                 "Deletes all that is kept of what was said to a device: memory, notebook, conversations",
                 {device_place(), flag("--yes", "Do it: it cannot be undone"),
                  flag("--export", "Only print what is remembered, as JSON")},
                 forget});
}

}  // namespace earshot::ctl
