#include "gateway/doors/websocket/websocket_identity.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "common/auth/websocket_token.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1'700'000'000s};
constexpr const char* kMac = "aa:bb:cc:dd:ee:ff";
constexpr const char* kUuid = "8d9d1f0e-0000-4000-8000-000000000001";

class WebSocketIdentityTest : public ::testing::Test {
 protected:
  WebSocketIdentityTest() {
    client_ = auth::websocket_client(
        auth::make_credentials(*DeviceId::parse(kMac), kUuid, "box", keys_.device_key).client_id);
    told_ = {{"device-id", kMac}, {"client-id", kUuid}, {"authorization", "Bearer " + token()}};
  }
  std::string token(std::chrono::seconds life = 1h) const {
    return auth::make_websocket_token(keys_.device_key, client_, kNow + life);
  }
  std::variant<WebSocketClient, WebSocketRefusal> identify() const {
    http::Request request;
    request.query = query_;
    for (const auto& [name, value] : told_) request.headers.add(name, value);
    return identify_websocket(request, keys_, kNow);
  }
  int refusal() const {
    const auto found = identify();
    const auto* refusal = std::get_if<WebSocketRefusal>(&found);
    return refusal == nullptr ? 0 : refusal->status;
  }

  WebSocketKeys keys_{.device_key = Secret("a key of this gateway, thirty-two bytes"), .established_key = {}};
  auth::ClientId client_;
  std::map<std::string, std::string> told_;  // headers
  std::string query_;
};

TEST_F(WebSocketIdentityTest, KnowsADeviceByItsToken) {
  const auto found = identify();
  ASSERT_TRUE(std::holds_alternative<WebSocketClient>(found));
  EXPECT_EQ(std::get<WebSocketClient>(found).client.text, client_.text);
  EXPECT_EQ(std::get<WebSocketClient>(found).form, FrameForm::kPlain);
}

TEST_F(WebSocketIdentityTest, TakesTheQueryOfClientsThatCanSetNoHeaders) {
  told_.clear();
  query_ = std::string("device-id=") + kMac + "&client-id=" + kUuid + "&authorization=Bearer%20" + token() +
           "&protocol-version=3";
  const auto found = identify();
  ASSERT_TRUE(std::holds_alternative<WebSocketClient>(found));
  EXPECT_EQ(std::get<WebSocketClient>(found).form, FrameForm::kShort);
  query_ = "token=" + token();
  EXPECT_EQ(refusal(), 0) << "the token says whose it is";
}

TEST_F(WebSocketIdentityTest, RefusesWhoHasNoGoodToken) {
  told_["authorization"] = "";
  EXPECT_EQ(refusal(), 401);
  told_["authorization"] = "Bearer test-token";
  EXPECT_EQ(refusal(), 401);
  told_["authorization"] = "Bearer " + token(-1s);
  EXPECT_EQ(refusal(), 401) << "expired";
  told_["authorization"] = "Bearer " + token();
  told_["device-id"] = "aa:bb:cc:dd:ee:00";
  EXPECT_EQ(refusal(), 403) << "another device's";
  told_["device-id"] = "nobody";
  EXPECT_EQ(refusal(), 400);
}

TEST_F(WebSocketIdentityTest, RefusesFramesThatNobodySpeaks) {
  for (const char* version : {"0", "4", "2x", "-1", "99999999999"}) {
    told_["protocol-version"] = version;
    EXPECT_EQ(refusal(), 400) << version;
  }
}

TEST_F(WebSocketIdentityTest, WithoutTokensWhoeverNamesADeviceIsTakenForIt) {
  keys_.require_token = false;
  told_["authorization"] = "";
  const auto found = identify();
  ASSERT_TRUE(std::holds_alternative<WebSocketClient>(found));
  EXPECT_EQ(std::get<WebSocketClient>(found).client.device.text(), kMac);
  EXPECT_EQ(std::get<WebSocketClient>(found).client.uuid, kUuid);
  told_.erase("device-id");
  EXPECT_EQ(refusal(), 401);
}

TEST_F(WebSocketIdentityTest, TheEstablishedGatewayRelaysItsDevices) {
  keys_.require_token = false;
  query_ = "from=mqtt_gateway";
  told_["protocol-version"] = "2";
  const auto found = identify();
  ASSERT_TRUE(std::holds_alternative<WebSocketClient>(found));
  EXPECT_EQ(std::get<WebSocketClient>(found).form, FrameForm::kGateway);
}

}  // namespace
}  // namespace earshot::gateway
