#include "common/tls/join_token.h"

#include <algorithm>
#include <charconv>

#include "common/base/bytes.h"

namespace earshot::tls {

namespace {

constexpr std::string_view kScheme = "earshot://";
constexpr std::uint8_t kTokenVersion = 1;
constexpr std::size_t kFingerprintBytes = 32;
constexpr std::size_t kTokenBytes = 1 + kTokenIdBytes + kTokenSecretBytes + kFingerprintBytes;
static_assert(kTokenBytes % 3 == 0, "no padding");

Error not_a_line(const std::string& why) {
  return {ErrorCode::kInvalid, "this is no line of earshotctl workers join-token: " + why};
}

std::string to_url_form(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string from_url_form(std::string_view given) {
  std::string text(given);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text;
}

}  // namespace

Secret join_line(const JoinAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  Bytes bytes{kTokenVersion};
  const auto add = [&bytes](std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); };
  add(address.token.id);
  add(address.token.secret.reveal());
  const auto fingerprint = from_hex(address.token.authority).value_or(Bytes(kFingerprintBytes));
  bytes.insert(bytes.end(), fingerprint.begin(), fingerprint.end());
  return Secret(std::string(kScheme) + (v6 ? "[" + address.host + "]" : address.host) + ":" +
                std::to_string(address.port) + "/" + to_url_form(to_base64(bytes)));
}

Result<JoinAddress> parse_join_line(std::string_view text) {
  if (!text.starts_with(kScheme)) return not_a_line("it does not begin with earshot://");
  text.remove_prefix(kScheme.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return not_a_line("the token is missing");
  const std::string_view place = text.substr(0, slash);
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return not_a_line("the port is missing");
  JoinAddress address;
  const char* const end = place.data() + place.size();
  const auto [stop, bad] = std::from_chars(place.data() + colon + 1, end, address.port);
  if (bad != std::errc() || stop != end || address.port == 0) return not_a_line("the port is none");
  address.host = place.substr(0, colon);
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']')
    address.host = address.host.substr(1, address.host.size() - 2);
  const auto bytes = from_base64(from_url_form(text.substr(slash + 1)));
  if (!bytes || bytes->size() != kTokenBytes) return not_a_line("the token was cut short, or mistyped");
  if (bytes->front() != kTokenVersion)
    return not_a_line("the token is of another version: run the same version at both ends");
  const std::string_view all = as_text(*bytes).substr(1);
  address.token.id = all.substr(0, kTokenIdBytes);
  address.token.secret = Secret(std::string(all.substr(kTokenIdBytes, kTokenSecretBytes)));
  address.token.authority = to_hex(as_bytes(all.substr(kTokenIdBytes + kTokenSecretBytes)));
  return address;
}

}  // namespace earshot::tls
