#include "common/auth/device_credentials.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/hmac.h"

namespace earshot::auth {

namespace {

constexpr std::string_view kSeparator = "@@@";
constexpr std::size_t kMaxBoardTypeBytes = 64;

bool is_allowed_in_client_id(char c) {
  constexpr std::string_view kForbidden = "/+#|";
  return c > ' ' && c < 0x7f && kForbidden.find(c) == std::string_view::npos;
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// 8-4-4-4-12 hexadecimal digits, any version and variant.
bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(),
                    [](char c, char form) { return form == '-' ? c == '-' : is_hex_digit(c); });
}

std::string clean_board_type(std::string_view text) {
  std::string clean(text.substr(0, kMaxBoardTypeBytes));
  for (char& c : clean) {
    const bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '.' || c == '_' || c == '-';
    if (!good) c = '-';
  }
  return clean.empty() ? "unknown" : clean;
}

}  // namespace

std::optional<ClientId> parse_client_id(std::string_view text) {
  if (text.size() > kMaxClientIdBytes) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), is_allowed_in_client_id)) return std::nullopt;

  const std::size_t group_end = text.find(kSeparator);
  if (group_end == std::string_view::npos || group_end == 0) return std::nullopt;
  const std::string_view rest = text.substr(group_end + kSeparator.size());

  const std::size_t mac_end = rest.find(kSeparator);
  const std::string_view mac = rest.substr(0, mac_end);
  if (std::ranges::count(mac, '_') != 5) return std::nullopt;  // the field's form, not aa:bb:..
  const auto device = DeviceId::parse(mac);
  if (!device) return std::nullopt;

  std::string_view uuid;
  if (mac_end != std::string_view::npos) {
    uuid = rest.substr(mac_end + kSeparator.size());
    if (uuid.empty() || uuid.find(kSeparator) != std::string_view::npos) return std::nullopt;
  }
  return ClientId{.text = std::string(text),
                  .group = std::string(text.substr(0, group_end)),
                  .device = *device,
                  .uuid = std::string(uuid)};
}

std::string sign(const Secret& key, std::string_view client_id, std::string_view username) {
  std::string message;
  message.reserve(client_id.size() + 1 + username.size());
  message.append(client_id).append(1, '|').append(username);
  return to_base64(hmac_sha256(as_bytes(key.reveal()), as_bytes(message)));
}

LoginVerdict verify(const Secret& key, std::string_view client_id, std::string_view username,
                    std::string_view password) {
  // A client id without '|' is needed for more than its topics: "a|b" + '|' + "c" and "a" + '|' + "b|c" are
  // one signed text, so that one device's password would open another client id.
  if (!parse_client_id(client_id)) return LoginVerdict::kBadClientId;
  if (key.empty() || username.size() > kMaxUsernameBytes) return LoginVerdict::kBadPassword;
  const Secret expected(sign(key, client_id, username));
  return equal_in_constant_time(expected.reveal(), password) ? LoginVerdict::kGood
                                                             : LoginVerdict::kBadPassword;
}

DeviceCredentials make_credentials(const DeviceId& device, std::string_view uuid, std::string_view board_type,
                                   const Secret& key, std::uint32_t generation) {
  const std::string mac = device.underscored();
  ClientId client_id{.text = {},
                     .group = "GID_" + clean_board_type(board_type),
                     .device = device,
                     .uuid = credential_uuid(device, uuid)};
  if (generation > 0) client_id.group += ".r" + std::to_string(generation);
  client_id.text.append(client_id.group)
      .append(kSeparator)
      .append(mac)
      .append(kSeparator)
      .append(client_id.uuid);
  // The reference puts the device's address here; any text serves, and an address is personal data.
  std::string username = to_base64(as_bytes(R"({"v":1})"));
  Secret password(sign(key, client_id.text, username));
  return {
      .client_id = std::move(client_id), .username = std::move(username), .password = std::move(password)};
}

std::string credential_uuid(const DeviceId& device, std::string_view uuid) {
  return is_uuid(uuid) ? std::string(uuid) : device.underscored();
}

}  // namespace earshot::auth
