#include "gateway/doors/websocket/websocket_door.h"

#include <utility>
#include <variant>

#include "common/log/log.h"

namespace earshot::gateway {

namespace {

spdlog::logger& websocket_logger() {
  static spdlog::logger& instance = log::logger("websocket");
  return instance;
}

}  // namespace

WebSocketDoor::WebSocketDoor(Executor executor, WebSocketKeys keys, const Clock& clock, Ports ports)
    : executor_(std::move(executor)), keys_(std::move(keys)), clock_(clock), ports_(std::move(ports)) {}

void WebSocketDoor::mount(http::Router& router) {
  for (const char* path : {"/xiaozhi/v1/", "/xiaozhi/v1"})
    router.websocket(path, [this](http::PendingUpgrade upgrade) { on_upgrade(std::move(upgrade)); });
}

void WebSocketDoor::mount_anywhere(http::Router& router) {
  router.websocket_anywhere([this](http::PendingUpgrade upgrade) { on_upgrade(std::move(upgrade)); });
}

void WebSocketDoor::tell_presence() {
  for (const auto& [text, connected] : connected_) ports_.presence(connected.client, true);
}

void WebSocketDoor::on_upgrade(http::PendingUpgrade upgrade) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall());
  auto found = identify_websocket(upgrade.request(), keys_, now);
  if (const auto* refusal = std::get_if<WebSocketRefusal>(&found)) {
    const auto event =
        refusal->status == 400 ? WebSocketEvent::kRefusedRequest : WebSocketEvent::kRefusedToken;
    return refuse(upgrade, event, refusal->status, refusal->why);
  }
  WebSocketClient who = std::get<WebSocketClient>(std::move(found));
  if (!ports_.presence(who.client, true))
    return refuse(upgrade, WebSocketEvent::kRefusedDevice, 403, "this device is not admitted");
  counters_.add(WebSocketEvent::kAccepted);
  Connected& connected = connected_[who.client.text];
  connected.client = who.client;
  ++connected.connections;
  auto gone = [this, alive = alive_, executor = executor_, client = who.client] {
    asio::post(executor, [this, alive, client] {
      if (*alive) on_gone(client);
    });
  };
  ports_.hand_over(std::move(upgrade), std::move(who), std::move(gone));
}

void WebSocketDoor::refuse(http::PendingUpgrade& upgrade, WebSocketEvent event, int status,
                           std::string_view why) {
  counters_.add(event);
  if (const auto verdict = refusals_.ask(clock_.now()); verdict.log) {
    websocket_logger().warn("websocket refused status={} reason={} peer={} suppressed={}", status, why,
                            upgrade.request().peer, verdict.suppressed);
  }
  upgrade.refuse(status, why);
}

void WebSocketDoor::on_gone(const auth::ClientId& client) {
  const auto found = connected_.find(client.text);
  if (found == connected_.end() || --found->second.connections > 0) return;
  connected_.erase(found);
  ports_.presence(client, false);
}

}  // namespace earshot::gateway
