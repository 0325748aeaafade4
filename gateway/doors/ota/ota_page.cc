#include "gateway/doors/ota/ota_page.h"

#include <string_view>

namespace earshot::gateway {

namespace {

std::string escaped_html(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace

bool is_look_at_ota(const http::Request& request) {
  return (request.method == "GET" || request.method == "HEAD") && request.body.empty() &&
         request.headers.find("Device-Id").empty() && request.headers.find("Client-Id").empty();
}

std::string ota_page(const OtaConfig& config) {
  std::string page =
      "<!DOCTYPE html>\n"
      "<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>OTA works</title></head><body>\n"
      "<h1>This OTA address works</h1>\n"
      "<p>It is for devices: give it to yours as the OTA address, exactly as it stands in the address bar, "
      "and restart the device.</p>\n"
      "<p>Devices that ask here are sent to MQTT at <code>";
  page += escaped_html(config.mqtt_host) + ":" + std::to_string(config.mqtt_port) + "</code>";
  if (!config.websocket_url.empty()) page += " or to <code>" + escaped_html(config.websocket_url) + "</code>";
  page +=
      ": they must be able to reach that, too.</p>\n"
      "<p>A new device then shows and speaks a code of six digits. ";
  if (config.console_url.empty()) {
    page += "Type it in at the console of this server.</p>\n";
  } else {
    const std::string url = escaped_html(config.console_url);
    page += "Type it in at the console: <a href=\"" + url + "\">" + url + "</a></p>\n";
  }
  return page + "</body></html>\n";
}

}  // namespace earshot::gateway
