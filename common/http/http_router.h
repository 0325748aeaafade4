// Exact paths to handlers, with the JSON errors of everything that has none. Pure.
// Runs on: the server's executor.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/http/http_message.h"

namespace earshot::http {

using Reply = std::function<void(Response)>;  // call once, from the server's executor, now or later
using Handler = std::function<void(const Request&, const Reply&)>;

// {"error":{"message":"..."}} with the given status.
Response json_error(int status, std::string_view message);

class Router {
 public:
  void add(const std::string& method, const std::string& path, Handler handler);
  // 404 for an unknown path, 405 with Allow for a known one with another method, 500 when a handler throws.
  void handle(const Request& request, const Reply& reply) const;

 private:
  std::map<std::string, std::map<std::string, Handler>> handlers_;  // path -> method -> handler
};

}  // namespace earshot::http
