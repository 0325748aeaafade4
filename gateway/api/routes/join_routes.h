// /workers/join-tokens: one line by which a new worker comes in (docs/deployment.md).
//
// Runs on: the gateway's main executor.
#pragma once

#include <memory>

#include "gateway/api/api_router.h"
#include "gateway/control/workers/join_desk.h"

namespace earshot::gateway {

// `desk` outlives the router's server; empty: no worker of another machine is awaited, and 409 says how to.
void add_join_routes(api::ApiRouter& routes, const std::unique_ptr<JoinDesk>& desk);

}  // namespace earshot::gateway
