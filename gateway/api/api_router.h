// The API's routes, each declared once with what guards it: a route without a scope cannot be written down,
// nor a write without a name in the audit log.
//
// To add a route: one read() or write() here, and its path, method and `x-scope` in openapi.json; a test
// holds the two together. The handler gets a Call that is authenticated, allowed, and holds its JSON body as
// an object; it checks the members with BodyReader and, for whatever belongs to a device, Identity::sees().
//
// Runs on: the gateway's main executor.
// Borrows: router, authenticator, accounts and audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/http/http_router.h"
#include "gateway/api/audit_log.h"
#include "gateway/api/auth/authenticator.h"
#include "gateway/api/call.h"

namespace earshot::gateway::api {

enum class Access {
  kPublic,   // also without a login; the handler judges
  kLogin,    // any login or token
  kSession,  // a login with a cookie, no token
  kScope,    // a login or token with the route's scope
};

enum class BodyKind {
  kNone,  // an empty object at most
  kJson,  // an object; application/json
  kRaw,   // Call::request.body; application/octet-stream
};

struct RouteOptions {
  BodyKind body = BodyKind::kJson;
  std::uint64_t body_bytes = 64 * 1024;
};

// What a route was declared with: for the tests, and for whoever draws the table.
struct RouteRow {
  std::string method;
  std::string path;
  Access access = Access::kScope;
  std::optional<Scope> scope;
  std::string action;  // of a write
};

class ApiRouter {
 public:
  ApiRouter(http::Router& router, Authenticator& authenticator, const Accounts& accounts, AuditLog& audit)
      : router_(router), authenticator_(authenticator), accounts_(accounts), audit_(audit) {}

  void read(const std::string& path, Scope scope, ApiHandler handler);
  void write(const std::string& method, const std::string& path, Scope scope, const std::string& action,
             ApiHandler handler, RouteOptions options = {});
  // For what needs no scope of its own. `action` empty: not audited by itself.
  void add(const std::string& method, const std::string& path, Access access, const std::string& action,
           ApiHandler handler, RouteOptions options = {});

  const std::vector<RouteRow>& rows() const { return rows_; }

 private:
  void add(RouteRow row, ApiHandler handler, RouteOptions options);
  // nullopt: let in, and `who` is filled in (nobody on a public route).
  std::optional<http::Response> guard(const http::Request& head, const RouteRow& row, Identity& who);
  http::Response unauthorized() const;

  http::Router& router_;
  Authenticator& authenticator_;
  const Accounts& accounts_;
  AuditLog& audit_;
  std::vector<RouteRow> rows_;
};

}  // namespace earshot::gateway::api
