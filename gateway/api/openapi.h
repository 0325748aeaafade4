// The OpenAPI document of the API (openapi.json beside this file), as the build put it into the binary.
#pragma once

#include <string_view>

#include "common/http/http_router.h"

namespace earshot::gateway::api {

std::string_view openapi_document();
// GET /api/v1/openapi.json, for everybody.
void add_openapi_route(http::Router& router);

}  // namespace earshot::gateway::api
