#include "common/auth/websocket_token.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/hmac.h"

namespace earshot::auth {

namespace {

constexpr std::string_view kWebSocketGroup = "WS_";
constexpr std::string_view kMqttGroup = "GID_";
// No client id has a blank, so nothing that is signed for MQTT is this.
constexpr std::string_view kTokenKeyName = "websocket token key";
constexpr std::chrono::hours kClockSkew{24};  // of a server that made a token, against ours

std::string url_safe(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  std::erase(text, '=');
  return text;
}

std::optional<std::string> from_url_safe(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  while (plain.size() % 4 != 0) plain += '=';
  const auto bytes = from_base64(plain);
  if (!bytes) return std::nullopt;
  return std::string(as_text(*bytes));
}

std::string signature(const Secret& device_key, std::string_view client_id, std::string_view expiry) {
  const Secret key(sign(device_key, kTokenKeyName, {}));
  return url_safe(sign(key, client_id, expiry));
}

std::optional<std::chrono::sys_seconds> read_time(std::string_view text, int base) {
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds, base);
  if (failure != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  if (seconds > std::int64_t{1} << 40) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

std::string hex(std::chrono::sys_seconds time) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, time.time_since_epoch().count(), 16).ptr;
  return {text, end};
}

}  // namespace

ClientId websocket_client(const ClientId& mqtt) {
  std::string text = mqtt.text;
  if (text.starts_with(kMqttGroup)) text.erase(0, kMqttGroup.size());
  return parse_client_id(std::string(kWebSocketGroup) + text).value();
}

bool is_websocket_client(std::string_view client_id) {
  return client_id.starts_with(kWebSocketGroup);
}

std::string make_websocket_token(const Secret& device_key, const ClientId& client,
                                 std::chrono::sys_seconds expiry) {
  const std::string until = hex(expiry);
  return url_safe(to_base64(as_bytes(client.text))) + "." + until + "." +
         signature(device_key, client.text, until);
}

std::optional<ClientId> read_websocket_token(const Secret& device_key, std::string_view token,
                                             std::chrono::sys_seconds now) {
  if (device_key.empty() || token.size() > kMaxTokenBytes) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const std::string_view until = token.substr(first + 1, last - first - 1);
  const auto text = from_url_safe(token.substr(0, first));
  const auto expiry = read_time(until, 16);
  if (!text || !expiry || !is_websocket_client(*text)) return std::nullopt;
  if (!equal_in_constant_time(signature(device_key, *text, until), token.substr(last + 1)))
    return std::nullopt;
  if (*expiry <= now) return std::nullopt;
  return parse_client_id(*text);
}

bool is_established_token(const Secret& key, std::string_view token, std::string_view uuid,
                          std::string_view device, std::chrono::sys_seconds now, std::chrono::days life) {
  if (key.empty() || token.size() > kMaxTokenBytes) return false;
  const std::size_t dot = token.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view made_text = token.substr(dot + 1);
  const auto made = read_time(made_text, 10);
  if (!made) return false;
  std::string message(uuid);
  message.append(1, '|').append(device).append(1, '|').append(made_text);
  const std::string expected = url_safe(to_base64(hmac_sha256(as_bytes(key.reveal()), as_bytes(message))));
  std::string_view given = token.substr(0, dot);
  while (given.ends_with('=')) given.remove_suffix(1);
  if (!equal_in_constant_time(expected, given)) return false;
  return *made <= now + kClockSkew && now < *made + life;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const bool has_scheme =
      authorization.size() >= kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                 [](char wanted, char c) { return wanted == (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  if (has_scheme) authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

}  // namespace earshot::auth
