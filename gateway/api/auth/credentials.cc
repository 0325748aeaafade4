#include "gateway/api/auth/credentials.h"

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/base/sha256.h"

namespace earshot::gateway::api {

namespace {

constexpr std::string_view kPrefix = "ear_";
constexpr std::size_t kMaxIdBytes = 32;
constexpr std::size_t kSecretBytes = 32;

bool is_lower_alnum(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

TokenText TokenText::random() {
  return {.id = random_hex(6), .secret = Secret(random_hex(kSecretBytes))};
}

std::optional<TokenText> TokenText::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const auto separator = text.find('_');
  if (separator == std::string_view::npos) return std::nullopt;
  const std::string_view id = text.substr(0, separator);
  const std::string_view secret = text.substr(separator + 1);
  if (id.empty() || id.size() > kMaxIdBytes || secret.size() != kSecretBytes * 2) return std::nullopt;
  if (!is_lower_alnum(id) || !is_lower_alnum(secret)) return std::nullopt;
  return TokenText{.id = std::string(id), .secret = Secret(std::string(secret))};
}

std::string TokenText::text() const {
  return std::string(kPrefix) + id + "_" + std::string(secret.reveal());
}

std::optional<TokenText> parse_authorization(std::string_view header) {
  static constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) return std::nullopt;
  const bool is_bearer =
      std::equal(kScheme.begin(), kScheme.end(), header.begin(), [](char expected, char given) {
        return expected == (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given);
      });
  if (!is_bearer) return std::nullopt;
  return TokenText::parse(trim(header.substr(kScheme.size())));
}

std::optional<std::string> find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::string_view part = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(part.size() + 1, header.size()));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || trim(part.substr(0, equals)) != name) continue;
    return std::string(trim(part.substr(equals + 1)));
  }
  return std::nullopt;
}

std::string hash_of(const Secret& secret) {
  return to_hex(sha256(as_bytes(secret.reveal())));
}

std::string random_hex(std::size_t bytes) {
  Bytes random(bytes);
  fill_random(random);
  return to_hex(random);
}

std::string random_password() {
  static constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";  // 31: no i, l, o, 0, 1
  std::string password;
  while (password.size() < 16) {
    std::array<std::uint8_t, 1> byte{};
    fill_random(byte);
    if (byte[0] < 8 * kAlphabet.size()) password += kAlphabet[byte[0] % kAlphabet.size()];
  }
  return password;
}

}  // namespace earshot::gateway::api
