// tail: what happens, as it happens.
#include <map>
#include <thread>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr Milliseconds kIdle{45'000};  // the gateway sends a comment every 15 s
constexpr std::chrono::seconds kLongestPause{8};
constexpr std::size_t kMostNamed = 10'000;

Colour colour_of(const std::string& kind, const json::object& event) {
  if (kind == "online") return Colour::kGreen;
  if (kind == "offline") return Colour::kDim;
  const std::string state = member(event, "state");
  if (state == "failed" || state == "expired") return Colour::kRed;
  return state == "answered" ? Colour::kGreen : Colour::kNone;
}

std::map<std::string, std::string> device_names(Context& context) {
  std::map<std::string, std::string> all;
  for (const auto& item : context.api.list("/api/v1/devices", {}, kMostNamed))
    all[member(object_of(item), "id")] = member(object_of(item), "name");
  return all;
}

// "18:05:09  kitchen  command   state=answered tool=..."
void print_event(const Context& context, const http::StreamEvent& event,
                 const std::map<std::string, std::string>& known) {
  const auto parsed = json::parse_object(event.data, http::EventStreamReader::kMaxDataBytes);
  const json::object data = parsed.ok() ? *parsed : json::object{{"data", event.data}};
  std::string device = member(data, "device");
  if (const auto name = known.find(device); name != known.end() && !name->second.empty())
    device = name->second;
  std::string rest;
  for (const auto& [key, value] : data) {
    if (key == "at" || key == "device" || value.is_null()) continue;
    const std::string text = member(data, key);
    if (!text.empty()) rest += " " + std::string(key) + "=" + text;
  }
  const auto wide = [](const std::string& text, std::size_t width) {
    const std::string shown = printable(text);
    const std::size_t taken = display_width(shown);
    return shown + std::string(taken < width ? width - taken : 0, ' ');
  };
  const auto& terminal = context.terminal;
  const std::int64_t at = number(data, "at");  // 0: an event without one
  const std::string time = at == 0 ? "        " : date_text(at, context.utc_offset_s).substr(11);
  const std::string kind = rest.empty() ? printable(event.kind) : wide(event.kind, 8);
  terminal.print(terminal.paint(time, Colour::kDim) + "  " + wide(device, 17) + "  " +
                 terminal.paint(kind, colour_of(event.kind, data)) + printable(rest) + "\n");
}

void print_event_json(const Context& context, const http::StreamEvent& event) {
  json::object line{{"id", event.id}, {"event", event.kind}};
  const auto parsed = json::parse_object(event.data, http::EventStreamReader::kMaxDataBytes);
  line["data"] = parsed.ok() ? json::value(*parsed) : json::value(event.data);
  print_json(context, line);
}

void tail(Context& context, const Arguments& arguments) {
  const std::string device =
      arguments.has("--device") ? find_device(context, arguments.text("--device")) : std::string();
  std::string kinds;
  for (const auto& kind : arguments.list("--kinds")) kinds += (kinds.empty() ? "" : ",") + kind;
  const std::string path = "/api/v1/events" + query({{"device", device}, {"kinds", kinds}});
  const auto known = context.terminal.json() ? std::map<std::string, std::string>() : device_names(context);
  std::int64_t left = arguments.number("--count", 0);  // 0: for ever
  std::string last_id = arguments.text("--since");
  bool was_connected = false;
  std::chrono::seconds pause{1};
  while (true) {
    try {
      const bool enough = context.api.events(path, last_id, kIdle, [&](const http::StreamEvent& event) {
        pause = std::chrono::seconds(1);
        if (!event.id.empty()) last_id = event.id;
        if (context.terminal.json())
          print_event_json(context, event);
        else
          print_event(context, event, known);
        return left == 0 || --left > 0;
      });
      if (enough) return;
      was_connected = true;
    } catch (const Failure& failure) {
      if (failure.code() != Exit::kUnreachable || !was_connected) throw;
    }
    context.terminal.error("the connection ended; again in " + std::to_string(pause.count()) + " s");
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace

void add_tail_command(std::vector<Command>& all) {
  all.push_back(
      {"tail",
       "What happens, live, until Ctrl-C; with --json an object a line",
       {option("--device", "DEVICE", "Of one device", Hint::kDevice),
        option("--kinds", "LIST",
               "With commas: online, offline, session, turn, tool, command, firmware, device, worker"),
        option("--since", "ID", "Begin behind this event, if the gateway still has it"),
        option("--count", "N", "End after so many")},
       tail});
}

}  // namespace earshot::ctl
