#include "gateway/doors/websocket/websocket_identity.h"

#include <optional>

#include "common/auth/websocket_token.h"

namespace earshot::gateway {

namespace {

constexpr std::chrono::days kEstablishedTokenLife{30};  // its default
constexpr std::string_view kBoard = "device";           // as in the OTA answer

// A header, or a member of the query with that name.
std::string told(const http::Request& request, const std::string& name) {
  const std::string_view header = request.headers.find(name);
  return header.empty() ? request.query_value(name).value_or("") : std::string(header);
}

std::string token_of(const http::Request& request) {
  std::string token = told(request, "authorization");
  if (token.empty()) token = request.query_value("token").value_or("");
  return std::string(auth::bearer_token(token));
}

std::optional<FrameForm> form_of(const http::Request& request) {
  if (request.query_value("from") == "mqtt_gateway") return FrameForm::kGateway;
  const std::string version = told(request, "protocol-version");
  if (version.empty() || version == "1") return FrameForm::kPlain;
  if (version == "2") return FrameForm::kTimed;
  if (version == "3") return FrameForm::kShort;
  return std::nullopt;
}

}  // namespace

std::variant<WebSocketClient, WebSocketRefusal> identify_websocket(const http::Request& request,
                                                                   const WebSocketKeys& keys,
                                                                   std::chrono::sys_seconds now) {
  const auto form = form_of(request);
  if (!form) return WebSocketRefusal{400, "Protocol-Version must be 1, 2 or 3"};
  const std::string device_text = told(request, "device-id");
  const std::string uuid = told(request, "client-id");
  const auto device = DeviceId::parse(device_text);
  if (!device_text.empty() && !device) return WebSocketRefusal{400, "Device-Id is no MAC address"};

  const std::string token = token_of(request);
  if (const auto client = auth::read_websocket_token(keys.device_key, token, now)) {
    if (device && *device != client->device) return WebSocketRefusal{403, "the token is another device's"};
    return WebSocketClient{*client, *form};
  }
  if (!device) return WebSocketRefusal{401, "a Device-Id and a token of this server's OTA answer are needed"};
  const bool established =
      auth::is_established_token(keys.established_key, token, uuid, device_text, now, kEstablishedTokenLife);
  if (keys.require_token && !established) {
    return WebSocketRefusal{401, token.empty()
                                     ? "a token of this server's OTA answer is needed"
                                     : "the token is no good, or has expired: ask OTA for a new one"};
  }
  const auto credentials = auth::make_credentials(*device, uuid, kBoard, keys.device_key);
  return WebSocketClient{auth::websocket_client(credentials.client_id), *form};
}

}  // namespace earshot::gateway
