#include "common/auth/websocket_token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/auth/credential_generation.h"
#include "common/auth/device_language.h"

namespace earshot::auth {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kTokenNow{1'700'000'000s};
const Secret kTokenKey("a key of this gateway, thirty-two bytes");

DeviceCredentials token_credentials(std::uint32_t generation = 0) {
  return make_credentials(DeviceId::parse("aa:bb:cc:dd:ee:ff").value(),
                          "8d9d1f0e-0000-4000-8000-000000000001", board_with_language("esp-box", "zh-CN"),
                          kTokenKey, generation);
}

TEST(WebSocketTokenTest, ATokenIsItsClientsUntilItExpires) {
  const ClientId client = websocket_client(token_credentials().client_id);
  const std::string token = make_websocket_token(kTokenKey, client, kTokenNow + 1h);
  const auto read = read_websocket_token(kTokenKey, token, kTokenNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, client.text);
  EXPECT_EQ(read->device.text(), "aa:bb:cc:dd:ee:ff");
  EXPECT_FALSE(read_websocket_token(kTokenKey, token, kTokenNow + 1h));
}

TEST(WebSocketTokenTest, LanguageAndGenerationTravelInIt) {
  const ClientId client = websocket_client(token_credentials(3).client_id);
  EXPECT_TRUE(is_websocket_client(client.text));
  EXPECT_EQ(language_of(client), "zh-CN");
  EXPECT_EQ(generation_of(client), 3U);
}

TEST(WebSocketTokenTest, NothingOfItCanBeChanged) {
  const ClientId client = websocket_client(token_credentials().client_id);
  const std::string token = make_websocket_token(kTokenKey, client, kTokenNow + 1h);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed == token) continue;
    const auto read = read_websocket_token(kTokenKey, changed, kTokenNow);
    EXPECT_FALSE(read && read->text != client.text) << at;
  }
  for (const std::string& broken : {std::string(), std::string("."), std::string(".."), token + "x",
                                    token.substr(1), std::string(5000, 'a')})
    EXPECT_FALSE(read_websocket_token(kTokenKey, broken, kTokenNow)) << broken;
  EXPECT_FALSE(read_websocket_token(Secret("another key of thirty-two bytes....."), token, kTokenNow));
  EXPECT_FALSE(read_websocket_token(Secret(), token, kTokenNow));
}

TEST(WebSocketTokenTest, NoTokenIsAPassword) {
  const ClientId client = websocket_client(token_credentials().client_id);
  const std::string token = make_websocket_token(kTokenKey, client, kTokenNow + 1h);
  std::string mac = token.substr(token.rfind('.') + 1);
  std::ranges::replace(mac, '-', '+');
  std::ranges::replace(mac, '_', '/');
  const std::string expiry = token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1);
  EXPECT_EQ(verify(kTokenKey, client.text, expiry, mac + "="), LoginVerdict::kBadPassword);
}

// Made with Python: base64.urlsafe_b64encode(hmac.new(key, b"id|aa:bb:cc:dd:ee:ff|1700000000", sha256).digest())
TEST(WebSocketTokenTest, TakesTheEstablishedServersTokens) {
  const Secret key("server secret");
  const std::string token = "KAT0.1700000000";
  const auto good = [&](const std::string& text, std::chrono::sys_seconds now) {
    return is_established_token(key, text, "id", "aa:bb:cc:dd:ee:ff", now, std::chrono::days(30));
  };
  const std::string real = "e9M6L098HGDbAukAZuDlK43DDIOXhOytbgXb40FWJxY.1700000000";
  EXPECT_TRUE(good(real, kTokenNow));
  EXPECT_FALSE(good(real, kTokenNow + std::chrono::days(30)));
  EXPECT_FALSE(good(real, kTokenNow - std::chrono::days(2))) << "of the future";
  EXPECT_FALSE(good(token, kTokenNow));
  EXPECT_FALSE(
      is_established_token(Secret(), real, "id", "aa:bb:cc:dd:ee:ff", kTokenNow, std::chrono::days(30)));
  EXPECT_FALSE(is_established_token(key, real, "id", "aa:bb:cc:dd:ee:00", kTokenNow, std::chrono::days(30)));
}

TEST(WebSocketTokenTest, ReadsABearerInEachForm) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc"), "abc");
  EXPECT_EQ(bearer_token("abc"), "abc");
  EXPECT_EQ(bearer_token(""), "");
}

}  // namespace
}  // namespace earshot::auth
