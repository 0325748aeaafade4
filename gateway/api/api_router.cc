#include "gateway/api/api_router.h"

#include <utility>

#include "common/base/check.h"
#include "common/json/json.h"

namespace earshot::gateway::api {

namespace {

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

std::string media_type(BodyKind kind) {
  return kind == BodyKind::kRaw ? "application/octet-stream" : "application/json";
}

std::string named_by_path(const http::Request& request) {
  std::string target;
  for (const auto& [name, value] : request.params) target += (target.empty() ? "" : "/") + value;
  return target;
}

}  // namespace

void ApiRouter::read(const std::string& path, Scope scope, ApiHandler handler) {
  add({.method = "GET", .path = path, .access = Access::kScope, .scope = scope, .action = {}},
      std::move(handler), {.body = BodyKind::kNone});
}

void ApiRouter::write(const std::string& method, const std::string& path, Scope scope,
                      const std::string& action, ApiHandler handler, RouteOptions options) {
  EARSHOT_CHECK(!is_read(method) && !action.empty(), "a write needs a writing method and a name");
  add({.method = method, .path = path, .access = Access::kScope, .scope = scope, .action = action},
      std::move(handler), options);
}

void ApiRouter::add(const std::string& method, const std::string& path, Access access,
                    const std::string& action, ApiHandler handler, RouteOptions options) {
  EARSHOT_CHECK(access != Access::kScope, "a route with a scope is a read() or a write()");
  add({.method = method, .path = path, .access = access, .scope = std::nullopt, .action = action},
      std::move(handler), options);
}

void ApiRouter::add(RouteRow row, ApiHandler handler, RouteOptions options) {
  rows_.push_back(row);
  const auto admit = [this, row](const http::Request& head) {
    Identity nobody;
    return guard(head, row, nobody);
  };
  const auto run = [this, row, options, handler = std::move(handler)](const http::Request& request,
                                                                      const http::Reply& reply) {
    Identity who;  // asked again: the body may have taken its time
    if (auto refusal = guard(request, row, who)) return reply(std::move(*refusal));
    json::object body;
    if (options.body != BodyKind::kRaw && !request.body.empty()) {
      auto parsed = json::parse_object(request.body, options.body_bytes);
      if (!parsed) return reply(http::json_error(400, "the body is " + parsed.error().message));
      body = std::move(*parsed);
    }
    if (options.body == BodyKind::kNone && !body.empty())
      return reply(http::json_error(400, "this path takes no body"));
    const auto call = std::make_shared<Call>(request, std::move(who), std::move(body), reply,
                                             row.action.empty() ? nullptr : &audit_);
    call->action = row.action;
    call->target = named_by_path(request);
    handler(call);
  };
  router_.add(row.method, row.path, run,
              {.body_bytes = options.body_bytes, .media_type = media_type(options.body), .admit = admit});
}

std::optional<http::Response> ApiRouter::guard(const http::Request& head, const RouteRow& row,
                                               Identity& who) {
  if (!accounts_.loaded()) return http::json_error(503, "the gateway is starting; try again in a moment");
  auto found = authenticator_.identify(head);
  if (!found) {
    if (row.access != Access::kPublic) return unauthorized();
    return std::nullopt;
  }
  who = std::move(*found);
  if (row.access == Access::kPublic) return std::nullopt;
  // A page of another site can make the browser send the cookie, but cannot know this.
  const bool forged = !who.session.empty() && !is_read(head.method) &&
                      !equal_in_constant_time(who.csrf, head.headers.find(kCsrfHeader));
  if (forged) {
    return http::json_error(403, "the header " + std::string(kCsrfHeader) +
                                     " is missing or not this session's (GET /api/v1/me tells it)");
  }
  if (row.access == Access::kSession && who.session.empty())
    return http::json_error(403, "this needs a log-in with a password, not a token");
  if (row.access == Access::kScope && !who.may(*row.scope))
    return http::json_error(403, "this needs the scope " + std::string(name(*row.scope)));
  return std::nullopt;
}

http::Response ApiRouter::unauthorized() const {
  http::Response refusal = http::json_answer(
      json::object{{"error", json::object{{"code", "unauthorized"},
                                          {"message", "log in, or send a token that is still good"}}},
                   {"setup_needed", accounts_.users().empty()}},
      401);
  refusal.headers.add("WWW-Authenticate", "Bearer");
  return refusal;
}

}  // namespace earshot::gateway::api
