// The routes of admission and firmware, over the whole API without sockets.
#include "common/base/sha256.h"
#include "gateway/api/routes/bootstrap_routes.h"
#include "gateway/api/routes/firmware_routes.h"
#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::gateway {
namespace {

using api::ApiHarness;
using api::ScopeSet;

class EntranceRoutesTest : public testing::Test, protected ApiHarness {
 protected:
  EntranceRoutesTest() {
    start();
    before_ = api->routes().rows().size();
    add_bootstrap_routes(api->routes(), {.bootstrap = bootstrap_,
                                         .devices = devices,
                                         .store = store,
                                         .secrets = secrets,
                                         .audit = api->auth().audit,
                                         .executor = io.get_executor()});
    add_firmware_routes(api->routes(), firmware_);
  }
  std::string code_for(const char* mac, const char* uuid = "36c98363-3656-43cb-a00f-8bced2391a90") {
    std::string code;
    bootstrap_.boot({.device = *DeviceId::parse(mac),
                     .uuid = uuid,
                     .serial = {},
                     .board = "box",
                     .version = "2.4.2",
                     .language = "en",
                     .peer = "192.0.2.9"},
                    [&](Result<BootAnswer> answer) { code = answer.ok() ? answer->code : ""; });
    return code;
  }
  http::Response bind(const std::string& code, const std::string& who) {
    return call("POST", "/api/v1/devices/bind", R"({"code":")" + code + R"("})", who);
  }
  std::string member() { return token_of("member", ScopeSet::all()); }
  std::string admin() { return token_of("admin", ScopeSet::all()); }

  std::size_t before_ = 0;
  Bootstrap bootstrap_{AdmissionMode::kBind,
                       {.directory = devices,
                        .store = store,
                        .hub = hub,
                        .clock = clock,
                        .executor = io.get_executor(),
                        .secrets = secrets}};
  FirmwareLibrary firmware_{{.store = store, .hub = hub, .clock = clock, .executor = io.get_executor()},
                            folder / "firmware",
                            Secret("device key"),
                            "http://192.0.2.1:8003"};
};

TEST_F(EntranceRoutesTest, AreDocumented) {
  const auto& rows = api->routes().rows();
  api::expect_documented({rows.begin() + static_cast<std::ptrdiff_t>(before_), rows.end()}, "entrance");
}

TEST_F(EntranceRoutesTest, AMemberBindsByCodeAndSeesItsDevice) {
  const auto code = code_for("02:00:00:00:00:77");
  EXPECT_EQ(call("GET", "/api/v1/devices/02:00:00:00:00:77", "", member()).status, 404);
  const auto bound = bind(code, member());
  EXPECT_EQ(bound.status, 200) << bound.body;
  EXPECT_EQ(json::find_string(json_of(bound), "owner"), "member");
  EXPECT_EQ(json::find_string(json_of(bound), "state"), "bound");
  EXPECT_EQ(call("GET", "/api/v1/devices/02:00:00:00:00:77", "", member()).status, 200);
  EXPECT_EQ(bind(code, member()).status, 404) << "a code is used up";
  EXPECT_EQ(bound.body.find(code), std::string::npos) << "the code is never shown by the API";
}

TEST_F(EntranceRoutesTest, WrongCodesAre404AndThen429) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bind("999999", member()).status, 404);
  EXPECT_EQ(bind("999999", member()).status, 429);
}

TEST_F(EntranceRoutesTest, ADeviceOfSomebodyElseIsNotToBeHad) {
  store::Device theirs = *&devices.find(*DeviceId::parse("02:00:00:00:00:02"))->record;
  theirs.client_uuid = "00000000-0000-4000-8000-000000000000";
  devices.put(theirs);
  io.restart();
  io.poll();
  EXPECT_EQ(bind(code_for("02:00:00:00:00:02"), member()).status, 403);
  for (const char* what : {"rotate", "unbind"}) {
    EXPECT_EQ(call("POST", std::string("/api/v1/devices/02:00:00:00:00:02/") + what, "{}", member()).status,
              404);
    EXPECT_EQ(call("POST", std::string("/api/v1/devices/02:00:00:00:00:01/") + what, "{}", member()).status,
              200);
  }
}

TEST_F(EntranceRoutesTest, AllowingAndSerialsNeedAnOperator) {
  const std::string allow = R"({"device":"02:00:00:00:00:55","name":"Lobby"})";
  const std::string serials = R"({"serials":[{"serial":"SN1","key":"000102030405060708090a0b0c0d0e0f"}]})";
  EXPECT_EQ(call("POST", "/api/v1/devices/allow", allow, member()).status, 403);
  EXPECT_EQ(call("POST", "/api/v1/devices/serials", serials, member()).status, 403);
  const auto allowed = call("POST", "/api/v1/devices/allow", allow, admin());
  EXPECT_EQ(json::find_string(json_of(allowed), "state"), "allowed");
  EXPECT_EQ(call("POST", "/api/v1/devices/serials", serials, admin()).status, 200);
  const auto sealed = store.now().devices().serial_key("SN1");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(secrets.open(Bootstrap::serial_purpose("SN1"), *sealed)->reveal().size(), 16U);
  for (const char* bad : {R"({"serials":[]})", R"({"serials":[{"serial":"a b","key":"00"}]})",
                          R"({"serials":7})", R"({"serials":[{"serial":"SN1","key":"00"}]})"}) {
    EXPECT_EQ(call("POST", "/api/v1/devices/serials", bad, admin()).status, 400) << bad;
  }
}

TEST_F(EntranceRoutesTest, AnImageIsUploadedInPiecesAndRolledOut) {
  const std::string image = "\xe9" + std::string(3000, 'x');
  const std::string digest = to_hex(sha256(as_bytes(image)));
  const auto begun =
      call("POST", "/api/v1/firmware/uploads",
           json::serialize(json::object{
               {"board", "box"}, {"version", "2.5.0"}, {"size_bytes", image.size()}, {"sha256", digest}}),
           admin());
  ASSERT_EQ(begun.status, 201) << begun.body;
  const std::string path =
      "/api/v1/firmware/uploads/" + std::string(*json::find_string(json_of(begun), "upload")) + "?offset=";
  EXPECT_EQ(call("PUT", path + "0", image.substr(0, 2000), admin()).status, 200);
  const auto gap = call("PUT", path + "2500", image.substr(2500), admin());
  EXPECT_EQ(gap.status, 409);
  EXPECT_EQ(json::find_int(json_of(gap), "offset"), 2000);
  const auto done = call("PUT", path + "2000", image.substr(2000), admin());
  ASSERT_EQ(done.status, 200) << done.body;
  const json::object made = *json::find_object(json_of(done), "image");
  const std::string id(*json::find_string(made, "id"));
  EXPECT_EQ(json::find_string(made, "sha256"), digest);
  EXPECT_EQ(std::filesystem::file_size(folder / "firmware" / (id + ".bin")), image.size());

  const BootReport report{.device = *DeviceId::parse("02:00:00:00:00:01"),
                          .uuid = "u",
                          .serial = {},
                          .board = "box",
                          .version = "2.4.2",
                          .language = {},
                          .peer = {}};
  EXPECT_FALSE(firmware_.booted(report, true)) << "not rolled out yet";
  EXPECT_EQ(call("PATCH", "/api/v1/firmware/" + id, R"({"percentage":101})", admin()).status, 400);
  EXPECT_EQ(call("PATCH", "/api/v1/firmware/" + id, R"({"enabled":true,"percentage":100})", admin()).status,
            200);
  const auto offer = firmware_.booted(report, true);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->version, "2.5.0");
  EXPECT_EQ(call("DELETE", "/api/v1/firmware/" + id, "", admin()).status, 200);
  EXPECT_FALSE(firmware_.booted(report, true));
}

TEST_F(EntranceRoutesTest, AWrongChecksumLeavesNothingBehind) {
  const auto begun = call(
      "POST", "/api/v1/firmware/uploads",
      json::serialize(json::object{
          {"board", "box"}, {"version", "2.5.0"}, {"size_bytes", 1024}, {"sha256", std::string(64, 'a')}}),
      admin());
  const std::string id(*json::find_string(json_of(begun), "upload"));
  const auto done =
      call("PUT", "/api/v1/firmware/uploads/" + id + "?offset=0", "\xe9" + std::string(1023, 'x'), admin());
  EXPECT_EQ(done.status, 400) << done.body;
  EXPECT_TRUE(std::filesystem::is_empty(folder / "firmware"));
  EXPECT_EQ(call("GET", "/api/v1/firmware/uploads/" + id, "", admin()).status, 404);
}

}  // namespace
}  // namespace earshot::gateway
