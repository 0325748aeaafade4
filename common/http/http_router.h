// Paths to handlers, with the JSON errors of everything that has none. Pure.
//
// A path is literal segments and `{name}` ones, which match any one segment; a literal segment is preferred.
// HEAD is answered by the GET handler. A route says how large its body may be and of which media type before
// any of it is read, and may refuse a request by its head alone (a stranger uploads nothing).
// Runs on: the server's executor.
// Lifecycle: all routes are added before the server starts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/http/http_message.h"
#include "common/http/json_answer.h"

namespace earshot::http {

class PendingUpgrade;  // websocket_server.h

using Reply = std::function<void(Response)>;  // call once, from the server's executor, now or later
using Handler = std::function<void(const Request&, const Reply&)>;
using WebSocketHandler = std::function<void(PendingUpgrade)>;

struct RouteOptions {
  // More is 413; a device's OTA body is about 2 kB (device-protocol 1.1).
  std::uint64_t body_bytes = 64 * 1024;
  std::string media_type = {};  // of a body that is not empty; another one is 415; empty: any
  // By the head alone (the body is empty still); nullopt: go on.
  std::function<std::optional<Response>(const Request&)> admit = {};
};

class Router {
 public:
  struct Route {
    Handler handler;
    RouteOptions options;
    std::vector<std::string> names;  // of its {names}, in order
  };

  struct WebSocketRoute {
    WebSocketHandler handler;
    std::vector<std::string> names;
  };

  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // `path` without a handler of that method so far.
  void add(const std::string& method, const std::string& path, Handler handler, RouteOptions options = {});

  // `path` without a WebSocket so far; beside its routes for plain requests, if it has any. A plain GET where
  // only a WebSocket is offered is told 426.
  void websocket(const std::string& path, WebSocketHandler handler);
  // On any path that has no route of either kind.
  void websocket_anywhere(WebSocketHandler handler);

  // What an unknown path is answered with; by default 404 in JSON.
  void otherwise(std::function<Response(const Request&)> answer) { unknown_ = std::move(answer); }

  // By method, path and query of the head; fills in head.params. Else the refusal: 400 for a path or query
  // that cannot be decoded, otherwise() for an unknown path,
  // 405 with Allow for a known one with another method.
  std::variant<const Route*, Response> find(Request& head) const;
  // Of a head that asks for a WebSocket; fills in head.params.
  // RETURNS: null when none is offered there.
  const WebSocketRoute* find_websocket(Request& head) const;
  static void run(const WebSocketRoute& route, PendingUpgrade upgrade);  // refused when the handler throws
  // 500 when the handler throws.
  static void run(const Route& route, const Request& request, const Reply& reply);
  // find(), admit and run(): for tests without a server.
  void handle(Request request, const Reply& reply) const;

 private:
  struct Node;
  Node& node_at(const std::string& path, std::vector<std::string>& names);
  const Node* match(const Node& node, const std::vector<std::string>& segments, std::size_t at,
                    std::vector<std::string>& values) const;

  std::unique_ptr<Node> root_;
  std::optional<WebSocketRoute> anywhere_;
  std::function<Response(const Request&)> unknown_;
};

}  // namespace earshot::http
