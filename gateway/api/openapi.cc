#include "gateway/api/openapi.h"

#include <cstddef>

// openapi.S puts the file between these two.
extern "C" const char earshot_openapi_begin[];
extern "C" const char earshot_openapi_end[];

namespace earshot::gateway::api {

std::string_view openapi_document() {
  return {earshot_openapi_begin, static_cast<std::size_t>(earshot_openapi_end - earshot_openapi_begin)};
}

void add_openapi_route(http::Router& router) {
  router.add("GET", "/api/v1/openapi.json", [](const http::Request&, const http::Reply& reply) {
    reply({.status = 200,
           .content_type = "application/json",
           .body = std::string(openapi_document()),
           .headers = {}});
  });
}

}  // namespace earshot::gateway::api
