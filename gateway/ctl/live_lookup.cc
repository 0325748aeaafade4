#include "gateway/ctl/live_lookup.h"

#include <algorithm>

#include "gateway/ctl/api.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/device_lookup.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/machine.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

namespace {

constexpr Milliseconds kTabPatience{700};  // a person waits behind the Tab key
constexpr std::size_t kMostOffered = 200;

// A name that needs no quotes; else the id, with '_' because bash breaks words at ':'.
std::string word_of(const json::object& device) {
  const std::string name = member(device, "name");
  const bool plain = !name.empty() && name.front() != '-' &&
                     name.find_first_of(" \t\"'\\$`&|;<>()*?[]{}!#~:=,") == std::string::npos &&
                     printable(name) == name;
  if (plain) return name;
  std::string id = member(device, "id");
  std::ranges::replace(id, ':', '_');
  return id;
}

std::vector<std::string> names_at(Context& context, const char* path, const char* key) {
  std::vector<std::string> all;
  for (const auto& item : context.api.list(path, {}, kMostOffered))
    all.push_back(member(object_of(item), key));
  return all;
}

std::vector<std::string> of_tools(Context& context, const Arguments& before, bool arguments) {
  std::vector<std::string> all;
  const json::value answer =
      context.api.get(device_path(find_device(context, before.text("DEVICE")), "/tools"));
  const json::array* tools = json::find_array(object_of(answer), "tools");
  for (const auto& item : tools == nullptr ? json::array() : *tools) {
    const json::object& tool = object_of(item);
    if (!arguments) all.push_back(member(tool, "name"));
    if (!arguments || member(tool, "name") != before.text("TOOL")) continue;
    const json::object* schema = json::find_object(tool, "input_schema");
    const json::object* properties = schema == nullptr ? nullptr : json::find_object(*schema, "properties");
    if (properties == nullptr) continue;
    for (const auto& [key, unused] : *properties) all.push_back(std::string(key) + "=");
  }
  return all;
}

std::vector<std::string> words(Context& context, Hint hint, const Arguments& before) {
  switch (hint) {
    case Hint::kDevice: {
      std::vector<std::string> all;
      for (const auto& item : context.api.list("/api/v1/devices", {}, kMostOffered)) {
        const json::object& device = object_of(item);
        all.push_back(word_of(device));
        const std::string id = member(device, "id");
        all.push_back(id);  // for those who begin to type one
        std::string underscored = id;
        std::ranges::replace(underscored, ':', '_');
        if (underscored != all[all.size() - 2]) all.push_back(underscored);
      }
      return all;
    }
    case Hint::kTool:
      return of_tools(context, before, false);
    case Hint::kToolArgument:
      return of_tools(context, before, true);
    case Hint::kAgent:
      return names_at(context, "/api/v1/agents", "name");
    case Hint::kWorker:
      return names_at(context, "/api/v1/workers", "id");
    case Hint::kSession:
      return names_at(context, "/api/v1/sessions", "session");
    case Hint::kToken:
      return names_at(context, "/api/v1/tokens", "id");
    case Hint::kUser:
      return names_at(context, "/api/v1/users", "name");
    case Hint::kImage:
      return names_at(context, "/api/v1/firmware", "id");
    case Hint::kNothing:
    case Hint::kFile:
      return {};
  }
  return {};
}

}  // namespace

Lookup live_lookup() {
  return [](Hint hint, const Arguments& before) -> std::vector<std::string> {
    try {
      const Terminal terminal(true, true);
      Api api(find_settings(before, this_machine()), terminal);
      api.set_timeout(kTabPatience);
      Context context{.api = api, .terminal = terminal, .now_ms = 0, .utc_offset_s = 0};
      return words(context, hint, before);
    } catch (const Failure&) {
      return {};  // Tab then offers nothing, which is all that can be done
    }
  };
}

int answer_completion(const std::string& line) {
  const auto commands = all_commands();
  Completion all = complete(commands, line, live_lookup());
  const Terminal terminal(true, true);
  // A device is offered once: by its name or, in need, its id with '_'; with ':' to those who type it so.
  const bool with_colons = line.find(':', line.find_last_of(' ') + 1) != std::string::npos;
  for (const auto& word : all.words) {
    if (word.find_first_of("\r\n") != std::string::npos) continue;
    if (!with_colons && word.find(':') != std::string::npos) continue;
    terminal.print(behind_last_break(line, word) + "\n");
  }
  if (all.files) terminal.print("@files\n");
  return 0;
}

}  // namespace earshot::ctl
