#include "gateway/doors/ota/ota_door.h"

#include <gtest/gtest.h>

#include "gateway/doors/ota/ota_page.h"
#include "tests/unit/gateway/control/devices/bootstrap_fixture.h"

namespace earshot::gateway {
namespace {

class OtaDoorTest : public BootstrapTest {
 protected:
  OtaDoorTest() { open({}); }

  void open(const OtaLimits& limits) {
    router_ = std::make_unique<http::Router>();
    door_ = std::make_unique<OtaDoor>(
        OtaConfig{
            .mqtt_host = "192.0.2.1", .device_key = Secret("key"), .console_url = "http://192.0.2.1:8003"},
        *bootstrap_, OtaDoor::OfferFirmware{}, clock_, limits);
    door_->mount(*router_);
  }

  http::Response post(const std::string& path, const std::string& body = "{}",
                      const std::string& peer = "192.0.2.9", const char* uuid = kUuid) {
    http::Request request;
    request.method = "POST";
    request.path = path;
    request.headers.add("Device-Id", kMac.text());
    request.headers.add("Client-Id", uuid);
    request.headers.add("User-Agent", "box/2.4.2");
    request.headers.add("Activation-Version", "2.1.1");
    request.body = body;
    request.peer = peer;
    std::optional<http::Response> told;
    router_->handle(request, [&](http::Response response) { told = std::move(response); });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(http::Response{});
  }
  json::object ask() { return json::parse_object(post("/xiaozhi/ota/").body, 10'000).value(); }
  http::Response look(const char* header = "Accept", const char* value = "text/html") {
    http::Request request;
    request.method = "GET";
    request.path = "/xiaozhi/ota/";
    request.headers.add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0");
    request.headers.add(header, value);
    request.peer = "192.0.2.9";
    http::Response told;
    router_->handle(request, [&](http::Response response) { told = std::move(response); });
    run();
    return told;
  }
  std::uint64_t count(OtaEvent event) const { return door_->counters().value(event); }

  std::unique_ptr<http::Router> router_;
  std::unique_ptr<OtaDoor> door_;
};

TEST_F(OtaDoorTest, TheWholeActivationAsTheFirmwareDoesIt) {
  const auto first = ask();
  const auto code = std::string(*json::find_string(*json::find_object(first, "activation"), "code"));
  EXPECT_FALSE(first.contains("mqtt"));
  EXPECT_EQ(post("/xiaozhi/ota/activate").status, 202);
  EXPECT_EQ(bind(code), BindVerdict::kBound);
  EXPECT_EQ(post("/xiaozhi/ota/activate").status, 200);
  const auto second = ask();
  EXPECT_FALSE(second.contains("activation"));
  EXPECT_TRUE(second.contains("mqtt"));
}

TEST_F(OtaDoorTest, ADeviceWithoutAnOpenCodeIsTold404) {
  EXPECT_EQ(post("/xiaozhi/ota/activate").status, 404);
}

TEST_F(OtaDoorTest, AFloodFromOneAddressIsSlowedDownAndOthersAreNot) {
  open({.per_peer = {.burst = 3, .refill = Milliseconds(1000), .max_keys = 100}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(post("/xiaozhi/ota/").status, 200);
  EXPECT_EQ(post("/xiaozhi/ota/").status, 429);
  EXPECT_EQ(post("/xiaozhi/ota/activate").status, 429);
  EXPECT_EQ(post("/xiaozhi/ota/", "{}", "198.51.100.1").status, 200);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(post("/xiaozhi/ota/", "{}", "127.0.0.1").status, 200);
  clock_.advance(Milliseconds(1000));
  EXPECT_EQ(post("/xiaozhi/ota/").status, 200);
  EXPECT_EQ(count(OtaEvent::kRateLimited), 2U);
}

TEST_F(OtaDoorTest, AllTogetherAreLimitedToo) {
  open({.all = {.burst = 5, .refill = Milliseconds(1000), .max_keys = 1}});
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    answered += post("/xiaozhi/ota/", "{}", "198.51.100." + std::to_string(i)).status == 200 ? 1 : 0;
  }
  EXPECT_EQ(answered, 5);
}

TEST_F(OtaDoorTest, ARequestWithoutAMacIsRefusedAndCounted) {
  http::Request request;
  request.method = "POST";
  request.path = "/xiaozhi/ota/activate";
  request.peer = "192.0.2.9";
  int status = 0;
  router_->handle(request, [&](const http::Response& response) { status = response.status; });
  EXPECT_EQ(status, 400);
  EXPECT_EQ(count(OtaEvent::kMalformed), 1U);
}

TEST_F(OtaDoorTest, ABrowserIsToldThatItWorksAndWhatToDo) {
  const auto page = look();
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("192.0.2.1:1883"), std::string::npos);
  EXPECT_NE(page.body.find("href=\"http://192.0.2.1:8003\""), std::string::npos);
  EXPECT_EQ(page.body.find("key"), std::string::npos) << "no secrets";
  EXPECT_EQ(count(OtaEvent::kLookedAt), 1U);
  EXPECT_EQ(count(OtaEvent::kMalformed), 0U);
}

TEST_F(OtaDoorTest, AGetOfADeviceIsNoLook) {
  EXPECT_EQ(look("Device-Id", kMac.text().c_str()).content_type, "application/json");
  EXPECT_EQ(look("Device-Id", "nonsense").status, 400);
  EXPECT_EQ(count(OtaEvent::kLookedAt), 0U);
}

TEST(OtaPageTest, SaysNothingThatASettingCouldSmuggleIn) {
  const OtaConfig hostile{.mqtt_host = "<script>",
                          .device_key = Secret("k"),
                          .console_url = "\"><b>",
                          .websocket_url = "ws://a/?b&'c"};
  const std::string page = ota_page(hostile);
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("ws://a/?b&amp;&#39;c"), std::string::npos);
}

TEST_F(OtaDoorTest, AnAddressWithTooManyStrangersIsToldToComeLater) {
  for (int i = 0; i < 60; ++i) {
    char uuid[37];
    std::snprintf(uuid, sizeof uuid, "%08x-3656-43cb-a00f-8bced2391a90", i);
    const auto status = post("/xiaozhi/ota/", "{}", "192.0.2.9", uuid).status;
    EXPECT_EQ(status, i < 50 ? 200 : 503) << i;
  }
  EXPECT_EQ(count(OtaEvent::kUnavailable), 10U);
}

TEST_F(OtaDoorTest, AProofIsReadFromBothBodies) {
  know_chip("SN1", "k");
  const auto chip = report(kUuid, "SN1");
  EXPECT_EQ(bind(boot(chip)->code), BindVerdict::kBound);
  for (const bool nested : {false, true}) {
    const auto challenge = boot(chip)->challenge;
    json::object body{{"algorithm", "hmac-sha256"},
                      {"serial_number", "SN1"},
                      {"challenge", challenge},
                      {"hmac", proof(challenge, "k").hmac_hex}};
    if (nested) body = json::object{{"Payload", body}};
    http::Request request;
    request.method = "POST";
    request.path = "/xiaozhi/ota/activate";
    request.headers.add("Device-Id", kMac.text());
    request.headers.add("Client-Id", kUuid);
    request.headers.add("Serial-Number", "SN1");
    request.body = json::serialize(body);
    request.peer = "192.0.2.9";
    int status = 0;
    router_->handle(request, [&](const http::Response& response) { status = response.status; });
    run();
    EXPECT_EQ(status, 200) << "nested: " << nested;
    EXPECT_EQ(boot(chip)->kind, BootVerdict::Kind::kAdmit);
  }
}

}  // namespace
}  // namespace earshot::gateway
