// The HTTP API, put together: who may come in, and the routes of what belongs to no other folder.
//
// Runs on: the gateway's main executor.
// Owns: the people (auth/), the route table.
// Borrows: what ApiParts refers to and the router, for its life.
// Lifecycle: made (makes secret files; throws StartupError) -> load() -> others add their routes to routes()
// -> the server starts -> connect().
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/http_router.h"
#include "gateway/api/api_router.h"
#include "gateway/api/auth/auth.h"
#include "gateway/api/routes/operator_routes.h"
#include "gateway/api/routes/system_routes.h"
#include "gateway/control/devices/admission.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/store/secret_box.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

struct ApiParts {
  Executor executor;
  const Clock& clock;
  store::StoreProxy& store;
  const store::SecretBox& secrets;
  DeviceDirectory& devices;
  EventHub& hub;
  const Shards& shards;
  AdmissionMode admission = AdmissionMode::kBind;
  bool websocket_possible = false;               // for devices (config: ota.websocket_url)
  std::function<void()> on_agents_changed = {};  // also when a provider changed
  std::function<std::string(const std::string& stage, const std::string& name)> agent_problem = {};
};

class Api {
 public:
  // What is read at the start.
  struct Kept {
    std::vector<store::User> users;
    std::vector<store::Token> tokens;
    std::vector<store::BrokerOperator> operators;
  };

  Api(const ApiParts& parts, AuthSettings settings, http::Router& router);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  static Kept read(store::Store& store);  // on a store thread
  // Offers the set-up link while there is no user.
  void load(Kept kept);
  void connect(SystemDoors doors) { system_.connect(std::move(doors)); }
  void set_operator_sink(OperatorSink sink) { operators_.set_sink(std::move(sink)); }

  // Another gateway has changed them.
  void refresh_accounts() { auth_.accounts.refresh(); }
  void refresh_operators() { operators_.refresh(); }

  ApiRouter& routes() { return routes_; }
  Auth& auth() { return auth_; }

 private:
  Auth auth_;
  ApiRouter routes_;
  OperatorRoutes operators_;
  SystemRoutes system_;
};

}  // namespace earshot::gateway::api
