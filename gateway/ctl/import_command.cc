// import: an agent and its providers from another server's config.yaml.
#include <fstream>
#include <sstream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/import_plan.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

namespace {

std::string import_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure(Exit::kUsage, "cannot read " + path);
  std::string text(kMaxImportBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

json::array lines_of(const std::vector<std::string>& lines) {
  json::array all;
  for (const std::string& line : lines) all.emplace_back(line);
  return all;
}

// Of secrets, only which there are.
json::object shown_plan(const ImportPlan& plan, const std::string& name) {
  json::array providers;
  for (const ImportedProvider& one : plan.providers) {
    json::array secrets;
    for (const auto& secret : one.secrets) secrets.emplace_back(secret.key());
    providers.push_back(json::object{
        {"stage", one.stage}, {"name", one.name}, {"config", one.config}, {"secrets", std::move(secrets)}});
  }
  return {{"from", plan.from},
          {"agent", json::object{{"name", name}, {"config", plan.agent}}},
          {"providers", std::move(providers)},
          {"taken", lines_of(plan.taken)},
          {"left", lines_of(plan.left)}};
}

void import_file(Context& context, const Arguments& arguments) {
  const auto plan = plan_import(import_text(arguments.text("FILE")));
  if (!plan) throw Failure(Exit::kUsage, arguments.text("FILE") + ": " + plan.error().message);
  const std::string name = arguments.text("--name", "imported");
  const json::object shown = shown_plan(*plan, name);
  if (arguments.has("--apply")) {
    for (const ImportedProvider& one : plan->providers) {
      context.api.send("PUT", "/api/v1/providers/" + encoded(one.stage) + "/" + encoded(one.name),
                       {{"config", one.config}, {"secrets", one.secrets}});
    }
    context.api.send("PUT", "/api/v1/agents/" + encoded(name), {{"config", plan->agent}});
  }
  if (context.terminal.json()) return print_json(context, shown);
  context.terminal.line("from " + plan->from +
                        (arguments.has("--apply") ? ", applied:" : ", not applied (--apply does it):"));
  context.terminal.line("agent " + name + ": " + json::serialize(plan->agent));
  for (const ImportedProvider& one : plan->providers) {
    std::string secrets;
    for (const auto& secret : one.secrets) secrets += " " + std::string(secret.key());
    context.terminal.line("provider " + one.stage + "/" + one.name + ": " + json::serialize(one.config) +
                          (secrets.empty() ? "" : "  with the secrets" + secrets));
  }
  for (const std::string& key : plan->taken) context.terminal.line("taken  " + printable(key));
  for (const std::string& key : plan->left) context.terminal.line("left   " + printable(key));
}

}  // namespace

void add_import_command(std::vector<Command>& all) {
  all.push_back({"import",
                 "An agent and its services from the config.yaml of MoeChat or xiaozhi-esp32-server",
                 {place("FILE", "The config.yaml", Hint::kFile),
                  option("--name", "NAME", "The agent's name here [imported]"),
                  flag("--apply", "Write them to the gateway; without it they are only shown")},
                 import_file});
}

}  // namespace earshot::ctl
