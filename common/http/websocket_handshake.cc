#include "common/http/websocket_handshake.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/http/json_answer.h"

namespace earshot::http {

namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kSha1Bytes = 20;
// RFC 6455 1.3: what no server answers by chance.
constexpr std::string_view kHandshakeSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool same_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view without_blanks(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// In any line of that name.
template <class Matches>
bool list_has(const Headers& headers, std::string_view name, const Matches& matches) {
  for (const auto& [key, value] : headers.all()) {
    if (!same_in_any_case(key, name)) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      if (matches(without_blanks(rest.substr(0, comma)))) return true;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(comma + 1);
    }
  }
  return false;
}

std::string accept_key(std::string_view key) {
  const std::string salted = std::string(key) + std::string(kHandshakeSalt);
  std::array<std::uint8_t, kSha1Bytes> digest{};
  // No secret and no signature: the RFC wants SHA-1 as proof that the server speaks WebSocket.
  const int made = EVP_Digest(salted.data(), salted.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  EARSHOT_CHECK(made == 1, "SHA-1 must be there");
  return to_base64(digest);
}

}  // namespace

bool asks_for_websocket(const Request& request) {
  const auto is = [](std::string_view wanted) {
    return [wanted](std::string_view item) { return same_in_any_case(item, wanted); };
  };
  return request.method == "GET" && list_has(request.headers, "Upgrade", is("websocket")) &&
         list_has(request.headers, "Connection", is("upgrade"));
}

std::optional<Response> refuse_handshake(const Request& request) {
  if (without_blanks(request.headers.find("Sec-WebSocket-Version")) != "13") {
    Response refusal = json_error(426, "only version 13 of WebSocket is spoken", "upgrade_required");
    refusal.headers.add("Sec-WebSocket-Version", "13");
    return refusal;
  }
  const auto key = from_base64(without_blanks(request.headers.find("Sec-WebSocket-Key")));
  if (!key || key->size() != kKeyBytes)
    return json_error(400, "Sec-WebSocket-Key must be 16 bytes as base64");
  return std::nullopt;
}

bool offers_subprotocol(const Request& request, std::string_view subprotocol) {
  return !subprotocol.empty() && list_has(request.headers, "Sec-WebSocket-Protocol",
                                          [&](std::string_view item) { return item == subprotocol; });
}

std::string handshake_answer(const Request& request, std::string_view subprotocol) {
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  answer += accept_key(without_blanks(request.headers.find("Sec-WebSocket-Key"))) + "\r\n";
  if (offers_subprotocol(request, subprotocol))
    answer += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  return answer + "\r\n";
}

}  // namespace earshot::http
