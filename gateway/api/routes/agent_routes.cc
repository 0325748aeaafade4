#include "gateway/api/routes/agent_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"
#include "gateway/api/routes/agent_set_size.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxAgents = 200;
constexpr std::size_t kMaxAgentBytes = 48 * 1024;

enum class Outcome { kDone, kExists, kMissing, kTooMany, kTooLarge };

std::vector<store::Agent>::const_iterator find_agent(const std::vector<store::Agent>& all,
                                                     std::string_view name) {
  return std::ranges::find(all, name, &store::Agent::name);
}

void answer_outcome(const AgentParts& parts, const CallPtr& call, const Result<Outcome>& outcome,
                    const json::value& good, int status) {
  if (!outcome) return call->fail(outcome.error());
  switch (*outcome) {
    case Outcome::kDone:
      break;
    case Outcome::kExists:
      return call->fail(409, "there is an agent of this name");
    case Outcome::kMissing:
      return call->fail(404, "no such agent");
    case Outcome::kTooMany:
      return call->fail(409, "there are too many agents");
    case Outcome::kTooLarge:
      return call->fail(409, kAgentSetTooLarge);
  }
  if (parts.on_changed) parts.on_changed();
  call->answer(good, status);
}

void list_agents(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  parts->store.read(
      parts->executor, [](store::Store& store) { return store.agents().agents(); },
      [parts, call](const Result<std::vector<store::Agent>>& agents) {
        if (!agents) return call->fail(agents.error());
        json::array items;
        for (const store::Agent& agent : *agents)
          items.push_back(with_problem(*parts, to_json(agent), "", agent.name));
        call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
      });
}

void show_agent(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  parts->store.read(
      parts->executor, [](store::Store& store) { return store.agents().agents(); },
      [parts, call](const Result<std::vector<store::Agent>>& agents) {
        if (!agents) return call->fail(agents.error());
        const auto found = find_agent(*agents, call->request.param("name"));
        if (found == agents->end()) return call->fail(404, "no such agent");
        call->answer(with_problem(*parts, to_json(*found), "", found->name));
      });
}

// `may_replace`: PUT; else it must be new.
void write_agent(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call, bool may_replace) {
  BodyReader body(call->body);
  const std::string name =
      may_replace ? std::string(call->request.param("name")) : body.required_text("name", 32);
  const std::string config = json::serialize(body.required_object("config"));
  if (!name.empty() && !is_name(name, "_-")) body.problem("name", "must be of a-z, 0-9, '_' and '-'");
  if (config.size() > kMaxAgentBytes) body.problem("config", "is too large");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const store::Agent agent{.name = name,
                           .config = config,
                           .changed = std::chrono::time_point_cast<Milliseconds>(parts->clock.wall())};
  call->target = name;
  parts->store.write(
      parts->executor,
      [agent, may_replace, audit = call->take_audit_entry()](store::Store& store) {
        const auto all = store.agents().agents();
        const auto before = find_agent(all, agent.name);
        const bool exists = before != all.end();
        if (exists && !may_replace) return Outcome::kExists;
        if (!exists && all.size() >= kMaxAgents) return Outcome::kTooMany;
        if (!set_has_room(store, exists ? weight(*before) : 0, weight(agent))) return Outcome::kTooLarge;
        store.agents().put(agent);
        if (audit) store.audit().add(*audit);
        return Outcome::kDone;
      },
      [parts, call, agent, may_replace](const Result<Outcome>& outcome) {
        answer_outcome(*parts, call, outcome, to_json(agent), may_replace ? 200 : 201);
      });
}

void remove_agent(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  parts->store.write(
      parts->executor,
      [name = std::string(call->request.param("name")),
       audit = call->take_audit_entry()](store::Store& store) {
        const auto all = store.agents().agents();
        if (find_agent(all, name) == all.end()) return Outcome::kMissing;
        store.agents().remove_agent(name);
        if (audit) store.audit().add(*audit);
        return Outcome::kDone;
      },
      [parts, call](const Result<Outcome>& outcome) {
        answer_outcome(*parts, call, outcome, json::object{}, 200);
      });
}

}  // namespace

json::object with_problem(const AgentParts& parts, json::object item, const std::string& stage,
                          const std::string& name) {
  std::string problem = parts.problem_of ? parts.problem_of(stage, name) : std::string();
  if (!problem.empty()) item["problem"] = std::move(problem);
  return item;
}

void add_agent_routes(ApiRouter& routes, AgentParts parts) {
  const auto shared = std::make_shared<const AgentParts>(std::move(parts));
  routes.read("/api/v1/agents", Scope::kAgentsRead,
              [shared](const CallPtr& call) { list_agents(shared, call); });
  routes.read("/api/v1/agents/{name}", Scope::kAgentsRead,
              [shared](const CallPtr& call) { show_agent(shared, call); });
  routes.write("POST", "/api/v1/agents", Scope::kAgentsWrite, "agent.create",
               [shared](const CallPtr& call) { write_agent(shared, call, false); });
  routes.write("PUT", "/api/v1/agents/{name}", Scope::kAgentsWrite, "agent.change",
               [shared](const CallPtr& call) { write_agent(shared, call, true); });
  routes.write("DELETE", "/api/v1/agents/{name}", Scope::kAgentsWrite, "agent.remove",
               [shared](const CallPtr& call) { remove_agent(shared, call); }, {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
