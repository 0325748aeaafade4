#include "gateway/api/api.h"

#include <utility>

#include "common/log/log.h"
#include "gateway/api/openapi.h"
#include "gateway/api/routes/account_routes.h"
#include "gateway/api/routes/agent_routes.h"
#include "gateway/api/routes/device_routes.h"
#include "gateway/api/routes/event_routes.h"
#include "gateway/api/routes/history_routes.h"

namespace earshot::gateway::api {

Api::Api(const ApiParts& parts, AuthSettings settings, http::Router& router)
    : auth_(parts.store, parts.executor, parts.clock, std::move(settings)),
      routes_(router, auth_.authenticator, auth_.accounts, auth_.audit),
      operators_(parts.store, parts.executor, parts.clock),
      system_(parts.executor, parts.clock, parts.devices, parts.shards, auth_.settings.version,
              auth_.settings.admission) {
  add_openapi_route(router);
  add_login_routes(routes_, auth_);
  add_user_routes(routes_, auth_, parts.devices);
  add_token_routes(routes_, auth_);
  operators_.add_routes(routes_);
  add_device_routes(
      routes_,
      {.devices = parts.devices, .mode = parts.admission, .websocket_possible = parts.websocket_possible});
  const AgentParts agents{.store = parts.store,
                          .secrets = parts.secrets,
                          .executor = parts.executor,
                          .clock = parts.clock,
                          .on_changed = parts.on_agents_changed,
                          .problem_of = parts.agent_problem};
  add_agent_routes(routes_, agents);
  add_provider_routes(routes_, agents);
  add_history_routes(
      routes_,
      {.store = parts.store, .devices = parts.devices, .executor = parts.executor, .clock = parts.clock});
  system_.add_routes(routes_);
  add_event_routes(routes_, {.hub = parts.hub, .devices = parts.devices, .auth = auth_});
}

Api::Kept Api::read(store::Store& store) {
  return {.users = store.users().all(), .tokens = store.tokens().all(), .operators = store.operators().all()};
}

void Api::load(Kept kept) {
  auth_.accounts.load(std::move(kept.users), std::move(kept.tokens));
  operators_.load(std::move(kept.operators));
  if (!auth_.accounts.users().empty()) return auth_.setup.withdraw();
  auth_.setup.offer();
  log::logger("api").info("there is no user yet: the link to make the first one is in {}",
                          auth_.setup.file().string());
}

}  // namespace earshot::gateway::api
