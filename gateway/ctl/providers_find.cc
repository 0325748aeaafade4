// providers find: language models that run here or near, and the line that uses each.
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/model_hosts.h"
#include "gateway/ctl/model_server_search.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kModelsShown = 8;

json::object server_json(const ModelServer& server) {
  json::array models;
  for (const std::string& model : server.models) models.push_back(json::value(model));
  return {{"type", server.kind == ModelServerKind::kOllama ? "ollama" : "openai"},
          {"address", server.address},
          {"models", std::move(models)},
          {"needs_key", server.needs_key},
          {"environment", environment_line(server)},
          {"yaml", yaml_line(server)}};
}

void print_server(const Context& context, const ModelServer& server) {
  const bool ollama = server.kind == ModelServerKind::kOllama;
  std::string models;
  for (std::size_t i = 0; i < std::min(server.models.size(), kModelsShown); ++i)
    models += (i == 0 ? "" : ", ") + server.models[i];
  if (server.models.size() > kModelsShown)
    models += " and " + std::to_string(server.models.size() - kModelsShown) + " more";
  context.terminal.line((ollama ? "Ollama at " : "An OpenAI-compatible server at ") + server.address);
  if (server.needs_key) {
    context.terminal.line("  models:   it lists them only with its key: put that and a model's name in");
  } else if (server.models.empty()) {
    context.terminal.line(ollama ? "  models:   none yet: ollama pull qwen3:8b"
                                 : "  models:   none that can be named here");
    return;
  } else {
    context.terminal.line("  models:   " + models);
  }
  context.terminal.line("  run:      " + environment_line(server));
  context.terminal.line("  or write: " + yaml_line(server));
}

void find(Context& context, const Arguments& arguments) {
  ModelSearchPlan plan{.hosts = {"127.0.0.1"}, .ports = usual_model_ports()};
  for (const std::string& host : arguments.all("--host")) {
    if (!is_plain_host(host))
      throw Failure(Exit::kUsage, "--host takes a name or an IPv4 address, not " + host);
    plan.hosts.push_back(host);
  }
  std::string where = "this machine";
  if (arguments.has("--network")) {
    const auto network = own_network(own_address());
    if (!network)
      throw Failure(Exit::kFailed, "this machine is in no private IPv4 network; name machines with --host");
    where += " and " + network->name;
    plan.hosts.insert(plan.hosts.end(), network->hosts.begin(), network->hosts.end());
  }
  Progress progress(context.terminal);
  plan.on_progress = [&](std::size_t done, std::size_t all) {
    progress.show("asking " + where + ": " + std::to_string(done) + " of " + std::to_string(all));
  };
  const auto servers = find_model_servers(plan);
  if (context.terminal.json()) {
    json::array all;
    for (const ModelServer& server : servers) all.push_back(server_json(server));
    return print_json(context, all);
  }
  for (const ModelServer& server : servers) print_server(context, server);
  if (!servers.empty()) return;
  context.terminal.line("No language model found on " + where + ".");
  context.terminal.line(
      "Ollama (https://ollama.com) is the shortest way to one: ollama pull qwen3:8b, and ask again.");
  if (!arguments.has("--network"))
    context.terminal.line("--network looks at your network as well, --host at one machine.");
}

}  // namespace

void add_providers_find(std::vector<Command>& all) {
  Parameter host = option("--host", "HOST", "Look there as well; may be given again");
  host.many = true;
  all.push_back({"providers find",
                 "Looks for language models on this machine, and says how each is used",
                 {flag("--network", "Look at all machines of this one's private /24 network as well"), host},
                 find});
}

}  // namespace earshot::ctl
