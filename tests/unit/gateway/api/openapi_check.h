// Holds a route table and the OpenAPI document together, in both directions.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "gateway/api/api_router.h"
#include "gateway/api/openapi.h"

namespace earshot::gateway::api {

// "GET /api/v1/devices" -> "devices:read". Of the operations whose `x-part` is `part` ("": gateway/api).
inline std::map<std::string, std::string> documented(std::string_view part) {
  std::map<std::string, std::string> operations;
  const auto document = json::parse_object(openapi_document(), 4 << 20);
  if (!document.ok()) {
    ADD_FAILURE() << "openapi.json is " << document.error().message;
    return operations;
  }
  for (const auto& path : document->at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      const json::object& facts = operation.value().as_object();
      if (json::find_string(facts, "x-part").value_or("") != part) continue;
      std::string method(operation.key());
      std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      operations[method + " " + std::string(path.key())] =
          std::string(json::find_string(facts, "x-scope").value_or("missing"));
    }
  }
  return operations;
}

inline std::map<std::string, std::string> declared(const std::vector<RouteRow>& rows) {
  std::map<std::string, std::string> routes;
  for (const RouteRow& row : rows) {
    const std::string scope = row.scope                        ? std::string(name(*row.scope))
                              : row.access == Access::kPublic  ? "none"
                              : row.access == Access::kSession ? "session"
                                                               : "login";
    routes[row.method + " " + row.path] = scope;
  }
  return routes;
}

// For a part that adds routes of its own: give the rows that it added.
inline void expect_documented(const std::vector<RouteRow>& rows, std::string_view part) {
  EXPECT_EQ(declared(rows), documented(part));
}

}  // namespace earshot::gateway::api
