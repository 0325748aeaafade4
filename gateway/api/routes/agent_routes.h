// /agents and /providers: what the console sets up for the workers.
#pragma once

#include <functional>

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/store/secret_box.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

struct AgentParts {
  store::StoreProxy& store;
  const store::SecretBox& secrets;
  Executor executor;
  const Clock& clock;
  // After an agent or a provider has changed and is on disk; may be empty.
  std::function<void()> on_changed;
  // Why a worker does not use it; empty: nobody complains. `stage` is empty for an agent.
  std::function<std::string(const std::string& stage, const std::string& name)> problem_of = {};
};

// What `parts` refers to outlives the router's server.
void add_agent_routes(ApiRouter& routes, AgentParts parts);
void add_provider_routes(ApiRouter& routes, AgentParts parts);

// `item` as it is shown, with what is wrong with it.
json::object with_problem(const AgentParts& parts, json::object item, const std::string& stage,
                          const std::string& name);

// What a provider's keys are sealed for (secret_box.h).
std::string provider_purpose(std::string_view stage, std::string_view name);

}  // namespace earshot::gateway::api
