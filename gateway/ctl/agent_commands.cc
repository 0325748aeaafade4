// agents, providers.
#include <fstream>
#include <iostream>
#include <sstream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kMaxFileBytes = 256 * 1024;

std::string read_all(const std::string& path) {
  std::stringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Failure(Exit::kUsage, "cannot read " + path);
    text << file.rdbuf();
  }
  return text.str();
}

json::object object_in(const std::string& path) {
  auto parsed = json::parse_object(read_all(path), kMaxFileBytes);
  if (!parsed) throw Failure(Exit::kUsage, path + " is not a JSON object: " + parsed.error().message);
  return std::move(parsed).value();
}

void agents(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/agents", {}, kMostListed),
      {{.title = "NAME"},
       {.title = "LANGUAGE"},
       {.title = "VOICE", .least = 6},
       {.title = "PROMPT", .least = 16}},
      [](const json::object& agent) -> std::vector<Cell> {
        const json::object* config = json::find_object(agent, "config");
        static const json::object kNone;
        const json::object& keys = config == nullptr ? kNone : *config;
        return {member(agent, "name"), member(keys, "language"), member(keys, "voice"),
                member(keys, "prompt")};
      },
      "no agents: earshotctl agents apply FILE");
}

// What `apply` takes: to change an agent, save it, edit it, apply it.
void show_agent(Context& context, const Arguments& arguments) {
  print_json(context, context.api.get("/api/v1/agents/" + encoded(arguments.text("NAME"))));
}

void apply_agent(Context& context, const Arguments& arguments) {
  json::object agent = object_in(arguments.text("FILE"));
  const std::string name = arguments.text("--name", member(agent, "name"));
  if (name.empty()) throw Failure(Exit::kUsage, "the file has no \"name\"; --name gives one");
  const json::object* config = json::find_object(agent, "config");  // as show prints it, or the keys alone
  if (config == nullptr) agent.erase("name");
  const json::object body{{"config", config == nullptr ? agent : *config}};
  print_done(context, "applied " + name,
             context.api.send("PUT", "/api/v1/agents/" + encoded(name), body).body);
}

void providers(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/providers", {}, kMostListed),
      {{.title = "STAGE"}, {.title = "NAME"}, {.title = "CONFIG", .least = 20}, {.title = "SECRETS"}},
      [](const json::object& provider) -> std::vector<Cell> {
        std::string secrets;
        if (const json::object* all = json::find_object(provider, "secrets")) {
          for (const auto& [key, value] : *all) secrets += (secrets.empty() ? "" : ", ") + std::string(key);
        }
        return {member(provider, "stage"), member(provider, "name"), member(provider, "config"), secrets};
      },
      "no providers are kept here; the workers' own configuration holds");
}

std::string provider_path(const Arguments& arguments) {
  return "/api/v1/providers/" + encoded(arguments.text("STAGE")) + "/" + encoded(arguments.text("NAME"));
}

void apply_provider(Context& context, const Arguments& arguments) {
  const json::object file = object_in(arguments.text("FILE"));
  json::object body;  // as list prints it: what else is there is not ours to set
  for (const char* key : {"config", "secrets"}) {
    if (const json::object* part = json::find_object(file, key)) body[key] = *part;
  }
  if (body.empty()) body["config"] = file;
  if (arguments.has("--secret")) {
    const std::string given = arguments.text("--secret");
    const auto equals = given.find('=');
    if (equals == std::string::npos)
      throw Failure(Exit::kUsage, "--secret takes KEY=FILE; - reads standard input");
    std::string secret = read_all(given.substr(equals + 1));
    secret.erase(secret.find_last_not_of("\r\n") + 1);
    if (json::find_object(body, "secrets") == nullptr) body["secrets"] = json::object();
    body["secrets"].as_object()[given.substr(0, equals)] = secret;
  }
  print_done(context, "applied " + arguments.text("STAGE") + "/" + arguments.text("NAME"),
             context.api.send("PUT", provider_path(arguments), body).body);
}

}  // namespace

void add_agent_commands(std::vector<Command>& all) {
  all.push_back({"agents list", "Who speaks: prompts, voices, tools", {}, agents});
  all.push_back(
      {"agents show", "One agent, as JSON", {place("NAME", "The agent", Hint::kAgent)}, show_agent});
  all.push_back(
      {"agents apply",
       "Makes or replaces an agent",
       {place("FILE", "JSON, as agents show prints it or its config alone; - is standard input", Hint::kFile),
        option("--name", "NAME", "Instead of the file's")},
       apply_agent});
  all.push_back({"agents remove",
                 "Removes an agent",
                 {place("NAME", "The agent", Hint::kAgent)},
                 [](Context& context, const Arguments& arguments) {
                   const std::string name = arguments.text("NAME");
                   print_done(context, "removed " + name,
                              context.api.send("DELETE", "/api/v1/agents/" + encoded(name), {}).body);
                 }});
  const auto stage = place("STAGE", "asr, llm or tts");
  all.push_back({"providers list", "The services of the stages", {}, providers});
  all.push_back(
      {"providers apply",
       "Makes or replaces a provider",
       {stage, place("NAME", "The provider"),
        place("FILE", "JSON: {\"config\":{...},\"secrets\":{...}}; - is standard input", Hint::kFile),
        option("--secret", "KEY=FILE", "A secret from a file, e.g. api_key=- for standard input")},
       apply_provider});
  all.push_back({"providers remove",
                 "Removes a provider",
                 {stage, place("NAME", "The provider")},
                 [](Context& context, const Arguments& arguments) {
                   print_done(context, "removed " + arguments.text("STAGE") + "/" + arguments.text("NAME"),
                              context.api.send("DELETE", provider_path(arguments), {}).body);
                 }});
}

}  // namespace earshot::ctl
