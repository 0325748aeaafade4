// One request to the API that was let in: who sent it, what it says, and the way to answer it.
//
// Runs on: the gateway's main executor. Held by shared_ptr while the answer is being found. Answer once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/http/http_router.h"
#include "common/json/json.h"
#include "gateway/api/access.h"
#include "gateway/api/audit_log.h"
#include "gateway/store/store.h"

namespace earshot::gateway::api {

class Call {
 public:
  Call(http::Request sent, Identity from, json::object said, http::Reply reply, AuditLog* audit)
      : request(std::move(sent)),
        who(std::move(from)),
        body(std::move(said)),
        reply_(std::move(reply)),
        audit_(audit) {}

  http::Request request;
  Identity who;
  json::object body;  // of a route that takes JSON; {} when there was none

  // What the audit log tells of a write that succeeds. The action is the route's; the target is what the path
  // names unless the handler knows better. No secrets.
  std::string action;
  std::string target;
  json::object detail;

  // What the audit log will tell of this call, for the job that writes what it tells of: the same transaction.
  // Then the answer adds none. nullopt: it is a read, or the entry was taken before.
  // REQUIRES: target and detail are filled in.
  std::optional<store::AuditEntry> take_audit_entry();

  void answer(const json::value& value, int status = 200) { send(http::json_answer(value, status)); }
  void fail(int status, std::string_view message, std::string_view code = {}) {
    send(http::json_error(status, message, code));
  }
  // What the store or another part refused, as an HTTP error.
  void fail(const Error& error);
  void send(http::Response response);

 private:
  http::Reply reply_;
  AuditLog* audit_;  // null for a read, and when a job has the entry
};
using CallPtr = std::shared_ptr<Call>;
using ApiHandler = std::function<void(const CallPtr&)>;

// `limit` (1 to 200, 50 when absent) and `cursor` of a list;
// answers 400 itself and returns nullopt when they are wrong.
std::optional<store::PageRequest> page_of(Call& call);

// A number in the query within bounds, or `absent`; answers 400 itself.
std::optional<std::int64_t> query_integer(Call& call, std::string_view name, std::int64_t min,
                                          std::int64_t max, std::int64_t absent);

}  // namespace earshot::gateway::api
