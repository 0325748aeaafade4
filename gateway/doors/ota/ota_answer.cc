#include "gateway/doors/ota/ota_answer.h"

#include <algorithm>
#include <optional>

#include "common/auth/device_credentials.h"
#include "common/auth/device_language.h"
#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr std::size_t kMaxBoardBytes = 48;

// What the body tells, when it is JSON: the rest of this file need not care.
struct Body {
  std::optional<json::object> root;
  std::string_view string(std::string_view section, std::string_view key) const {
    if (!root) return {};
    const json::object* from = section.empty() ? &*root : json::find_object(*root, section);
    return from == nullptr ? std::string_view{} : json::find_string(*from, key).value_or(std::string_view{});
  }
};

Body parse_body(const std::string& text) {
  auto parsed = json::parse_object(text, kMaxBodyBytes);
  if (!parsed) return {};
  return {std::move(parsed).value()};
}

// User-Agent is `<BOARD>/<version>`.
std::pair<std::string_view, std::string_view> split_user_agent(std::string_view agent) {
  const auto slash = agent.find('/');
  if (slash == std::string_view::npos) return {agent, {}};
  return {agent.substr(0, slash), agent.substr(slash + 1)};
}

std::string_view first_of(std::string_view a, std::string_view b) {
  return a.empty() ? b : a;
}

// Goes into the MQTT client id: letters, digits, '-' and '_' only, so that no topic or parser is surprised.
std::string clean_board(std::string_view board) {
  std::string clean;
  for (const char c : board.substr(0, kMaxBoardBytes)) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    clean.push_back(plain ? c : '_');
  }
  return clean.empty() ? "device" : clean;
}

}  // namespace

std::string safe_version(std::string_view version) {
  constexpr std::size_t kMaxDigits = 9;  // below 2^31 in any case
  std::string_view rest = version;
  if (rest.size() > 32) return {};
  while (true) {
    const auto dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    const bool digits = std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (part.empty() || part.size() > kMaxDigits || !digits) return {};
    if (dot == std::string_view::npos) return std::string(version);
    rest.remove_prefix(dot + 1);
  }
}

Result<OtaAnswer> answer_ota(const http::Request& request, const OtaConfig& config,
                             std::chrono::system_clock::time_point now) {
  const Body body = parse_body(request.body);
  const auto device =
      DeviceId::parse(first_of(request.headers.find("Device-Id"), body.string("", "mac_address")));
  if (!device) return Error{ErrorCode::kInvalid, "the Device-Id header must hold the device's MAC address"};

  const auto [agent_board, agent_version] = split_user_agent(request.headers.find("User-Agent"));
  const std::string board = clean_board(first_of(body.string("board", "type"), agent_board));
  const std::string_view uuid = first_of(request.headers.find("Client-Id"), body.string("", "uuid"));
  const std::string_view language =
      first_of(request.headers.find("Accept-Language"), body.string("", "language"));
  const auto credentials =
      auth::make_credentials(*device, uuid, auth::board_with_language(board, language), config.device_key);

  const auto since_epoch = std::chrono::duration_cast<Milliseconds>(now.time_since_epoch());
  json::object mqtt{{"endpoint", config.mqtt_host + ":" + std::to_string(config.mqtt_port)},
                    {"client_id", credentials.client_id.text},
                    {"username", credentials.username},
                    {"password", credentials.password.reveal()},
                    {"keepalive", config.keepalive_seconds},
                    {"publish_topic", "device-server"},
                    // Not read since firmware 1.0.1; older ones and py-xiaozhi subscribe unless it says
                    // "null" (section 10, 11).
                    {"subscribe_topic", "null"}};
  json::object server_time{{"timestamp", since_epoch.count()},
                           {"timezone_offset", config.timezone_offset.count()}};
  const std::string_view version = first_of(body.string("application", "version"), agent_version);
  json::object firmware{{"version", safe_version(version)}, {"url", ""}};
  const json::object answer{
      {"mqtt", std::move(mqtt)}, {"server_time", std::move(server_time)}, {"firmware", std::move(firmware)}};
  return OtaAnswer{*device, board, json::serialize(answer)};
}

}  // namespace earshot::gateway
