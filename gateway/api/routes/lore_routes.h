// /agents/{name}/documents: what an agent knows from files, listed, uploaded and removed.
#pragma once

#include "gateway/api/api_router.h"
#include "gateway/control/lore/lore_library.h"

namespace earshot::gateway::api {

// `library` outlives the router's server.
void add_lore_routes(ApiRouter& routes, LoreLibrary& library);

}  // namespace earshot::gateway::api
