#include "gateway/doors/ota/ota_request.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/auth/device_credentials.h"
#include "common/json/json.h"
#include "common/json/mended_json.h"
#include "gateway/control/firmware/rollout.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxBoardBytes = 48;
constexpr std::size_t kMaxSerialBytes = 64;  // 32 of the eFuse; py-xiaozhi makes up shorter ones
constexpr std::size_t kMaxLanguageBytes = 32;
constexpr std::size_t kMaxActivateBytes = 8 * 1024;  // the firmware's is about 250 bytes

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
  auto parsed = json::parse_mended_object(text, kMaxOtaBodyBytes);
  if (!parsed) return {};
  return {std::move(parsed->root)};
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

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string clean_board(std::string_view board) {
  std::string clean;
  for (const char c : board.substr(0, kMaxBoardBytes)) {
    clean.push_back(is_alphanumeric(c) || c == '-' || c == '_' ? c : '_');
  }
  return clean.empty() ? "device" : clean;
}

std::string clean_serial(std::string_view serial) {
  const bool good = serial.size() <= kMaxSerialBytes && std::ranges::all_of(serial, [](char c) {
                      return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
                    });
  return good ? std::string(serial) : std::string();
}

}  // namespace

std::string safe_version(std::string_view version) {
  return parse_version(version) ? std::string(version) : std::string();
}

Result<BootReport> read_ota_request(const http::Request& request) {
  const Body body = parse_body(request.body);
  auto device = DeviceId::parse(request.headers.find("Device-Id"));
  if (!device) device = DeviceId::parse(body.string("", "mac_address"));
  if (!device) return Error{ErrorCode::kInvalid, "the Device-Id header must hold the device's MAC address"};
  const auto [agent_board, agent_version] = split_user_agent(request.headers.find("User-Agent"));
  const std::string_view uuid = first_of(request.headers.find("Client-Id"), body.string("", "uuid"));
  const std::string_view language =
      first_of(request.headers.find("Accept-Language"), body.string("", "language"));
  return BootReport{.device = *device,
                    .uuid = auth::credential_uuid(*device, uuid),
                    .serial = clean_serial(request.headers.find("Serial-Number")),
                    .board = clean_board(first_of(body.string("board", "type"), agent_board)),
                    .version = safe_version(first_of(body.string("application", "version"), agent_version)),
                    .language = std::string(language.substr(0, kMaxLanguageBytes)),
                    .peer = request.peer};
}

ActivateRequest read_activate_body(std::string_view body) {
  const auto root = json::parse_object(body, kMaxActivateBytes);
  if (!root) return {};
  const json::object* nested = json::find_object(*root, "Payload");
  const json::object& from = nested != nullptr ? *nested : *root;
  const auto text = [&](std::string_view key, std::size_t max_bytes) {
    const auto found = json::find_string(from, key).value_or("");
    return found.size() <= max_bytes ? std::string(found) : std::string();
  };
  return {.algorithm = text("algorithm", 32),
          .serial = clean_serial(text("serial_number", kMaxSerialBytes)),
          .challenge = text("challenge", 256),
          .hmac = text("hmac", 256)};
}

}  // namespace earshot::gateway
