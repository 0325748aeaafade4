#include "common/http/http_router.h"

#include <exception>
#include <utility>

#include "common/base/check.h"
#include "common/http/url_coding.h"
#include "common/http/websocket_server.h"
#include "common/log/log.h"

namespace earshot::http {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
  std::unique_ptr<Node> any;            // {name}
  std::map<std::string, Route> routes;  // by method
  std::optional<WebSocketRoute> websocket;
};

namespace {

Response not_allowed(const std::map<std::string, Router::Route>& routes) {
  Response refusal = json_error(405, "method not allowed");
  std::string allowed;
  const auto list = [&allowed](std::string_view method) {
    allowed += (allowed.empty() ? "" : ", ");
    allowed += method;
  };
  if (routes.empty()) list("GET");  // a WebSocket's
  for (const auto& [method, route] : routes) {
    list(method);
    if (method == "GET" && !routes.contains("HEAD")) list("HEAD");
  }
  refusal.headers.add("Allow", allowed);
  return refusal;
}

Response upgrade_required() {
  Response refusal = json_error(426, "only a WebSocket is offered here", "upgrade_required");
  refusal.headers.add("Upgrade", "websocket");
  return refusal;
}

void fill_in(Request& head, const std::vector<std::string>& names, std::vector<std::string> values) {
  head.params.clear();
  for (std::size_t i = 0; i < values.size(); ++i) head.params.emplace_back(names[i], std::move(values[i]));
}

}  // namespace

Router::Router()
    : root_(std::make_unique<Node>()),
      unknown_([](const Request&) { return json_error(404, "no such path"); }) {}

Router::~Router() = default;

Router::Node& Router::node_at(const std::string& path, std::vector<std::string>& names) {
  const auto segments = split_path(path);
  EARSHOT_CHECK(segments.has_value(), "a route's path must be decodable");
  Node* node = root_.get();
  for (const std::string& segment : *segments) {
    const bool named = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (named) names.push_back(segment.substr(1, segment.size() - 2));
    auto& next = named ? node->any : node->literal[segment];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  return *node;
}

void Router::add(const std::string& method, const std::string& path, Handler handler, RouteOptions options) {
  Route route{.handler = std::move(handler), .options = std::move(options), .names = {}};
  Node& node = node_at(path, route.names);
  const bool is_new = node.routes.emplace(method, std::move(route)).second;
  EARSHOT_CHECK(is_new, "two routes with the same method and path");
}

void Router::websocket(const std::string& path, WebSocketHandler handler) {
  WebSocketRoute route{.handler = std::move(handler), .names = {}};
  Node& node = node_at(path, route.names);
  EARSHOT_CHECK(!node.websocket, "two WebSocket routes with the same path");
  node.websocket = std::move(route);
}

void Router::websocket_anywhere(WebSocketHandler handler) {
  EARSHOT_CHECK(!anywhere_, "two WebSocket routes for any path");
  anywhere_ = WebSocketRoute{.handler = std::move(handler), .names = {}};
}

const Router::Node* Router::match(const Node& node, const std::vector<std::string>& segments, std::size_t at,
                                  std::vector<std::string>& values) const {
  if (at == segments.size()) return node.routes.empty() && !node.websocket ? nullptr : &node;
  if (const auto next = node.literal.find(segments[at]); next != node.literal.end()) {
    if (const Node* found = match(*next->second, segments, at + 1, values)) return found;
  }
  if (!node.any || segments[at].empty()) return nullptr;
  values.push_back(segments[at]);
  if (const Node* found = match(*node.any, segments, at + 1, values)) return found;
  values.pop_back();
  return nullptr;
}

std::variant<const Router::Route*, Response> Router::find(Request& head) const {
  const auto segments = split_path(head.path);
  if (!segments) return json_error(400, "the path cannot be decoded");
  if (!parse_query(head.query)) return json_error(400, "the query cannot be decoded");
  std::vector<std::string> values;
  const Node* node = match(*root_, *segments, 0, values);
  if (node == nullptr) return unknown_(head);
  auto route = node->routes.find(head.method);
  if (route == node->routes.end() && head.method == "HEAD") route = node->routes.find("GET");
  if (route == node->routes.end() && node->websocket && head.method == "GET") return upgrade_required();
  if (route == node->routes.end()) return not_allowed(node->routes);
  fill_in(head, route->second.names, std::move(values));
  return &route->second;
}

const Router::WebSocketRoute* Router::find_websocket(Request& head) const {
  const auto segments = split_path(head.path);
  if (!segments || !parse_query(head.query)) return nullptr;
  std::vector<std::string> values;
  const Node* node = match(*root_, *segments, 0, values);
  const auto& route = node != nullptr ? node->websocket : anywhere_;
  if (!route) return nullptr;
  if (node != nullptr) fill_in(head, route->names, std::move(values));
  return &*route;
}

void Router::run(const WebSocketRoute& route, PendingUpgrade upgrade) {
  const std::string path = upgrade.request().path;
  try {
    route.handler(std::move(upgrade));
  } catch (const std::exception& failure) {
    log::logger("http").error("a handler failed path={} what={}", path, failure.what());
  }
}

void Router::run(const Route& route, const Request& request, const Reply& reply) {
  try {
    route.handler(request, reply);
  } catch (const std::exception& failure) {
    log::logger("http").error("a handler failed path={} what={}", request.path, failure.what());
    reply(json_error(500, "internal error"));
  }
}

void Router::handle(Request request, const Reply& reply) const {
  auto found = find(request);
  if (auto* refusal = std::get_if<Response>(&found)) return reply(std::move(*refusal));
  const Route& route = **std::get_if<const Route*>(&found);
  if (route.options.admit) {
    if (auto refusal = route.options.admit(request)) return reply(std::move(*refusal));
  }
  run(route, request, reply);
}

}  // namespace earshot::http
