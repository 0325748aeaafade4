#include "common/http/http_router.h"

#include <exception>

#include "common/json/json.h"
#include "common/log/log.h"

namespace earshot::http {

Response json_error(int status, std::string_view message) {
  const json::object body{{"error", json::object{{"message", message}}}};
  return {.status = status, .content_type = "application/json", .body = json::serialize(body), .headers = {}};
}

void Router::add(const std::string& method, const std::string& path, Handler handler) {
  handlers_[path][method] = std::move(handler);
}

void Router::handle(const Request& request, const Reply& reply) const {
  const auto path = handlers_.find(request.path);
  if (path == handlers_.end()) return reply(json_error(404, "no such path"));
  const auto method = path->second.find(request.method);
  if (method == path->second.end()) {
    Response refusal = json_error(405, "method not allowed");
    std::string allowed;
    for (const auto& [name, handler] : path->second) allowed += (allowed.empty() ? "" : ", ") + name;
    refusal.headers.add("Allow", allowed);
    return reply(refusal);
  }
  try {
    method->second(request, reply);
  } catch (const std::exception& failure) {
    log::logger("http").error("a handler failed path={} what={}", request.path, failure.what());
    reply(json_error(500, "internal error"));
  }
}

}  // namespace earshot::http
