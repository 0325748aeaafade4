// Devices on real WebSockets: HTTP server and door on the test's thread, sessions on the shard's.
#include <gmock/gmock.h>

#include "common/auth/websocket_token.h"
#include "common/http/http_server.h"
#include "common/http/websocket_client.h"
#include "gateway/doors/websocket/websocket_door.h"
#include "gateway/doors/websocket/websocket_line.h"
#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {
namespace {

using ipc::Envelope;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kWebSocketMac = "02:00:00:00:00:77";
constexpr const char* kWebSocketUuid = "8d9d1f0e-0000-4000-8000-000000000001";
constexpr const char* kWebSocketHello =
    R"({"type":"hello","version":1,"transport":"websocket","features":{"mcp":true},)"
    R"("audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})";

// A device at the other end.
struct WebSocketDevice {
  std::unique_ptr<http::WebSocketClient> socket;
  std::vector<std::string> told;
  json::object last_mcp;           // the JSON-RPC
  std::vector<std::string> sound;  // whole frames, hexadecimal
  std::optional<http::WebSocketClosed> closed;
  bool open = false;

  std::size_t count(std::string_view what) const {
    return static_cast<std::size_t>(std::ranges::count(told, what));
  }
};

class WebSocketDoorTest : public GatewayTest {
 protected:
  void start() {
    start_shard();
    worker_ = &add_worker("w1");
    worker_->accept_sessions();
    door_.emplace(
        io_.get_executor(), keys_, clock_,
        WebSocketDoor::Ports{
            .presence =
                [this](const auth::ClientId&, bool online) {
                  presence_.push_back(online);
                  return welcome_;
                },
            .hand_over =
                [this](http::PendingUpgrade upgrade, WebSocketClient client, std::function<void()> gone) {
                  WebSocketLine::make(std::move(upgrade), std::move(client), shard_->executor(),
                                      shard_->line_host(), std::move(gone));
                }});
    door_->mount(router_);
    server_.emplace(io_, "127.0.0.1", 0, "http.port", router_);
  }
  ~WebSocketDoorTest() override {
    devices_.clear();
    if (server_) server_->stop();
  }
  WebSocketDevice& connect(const std::string& version = "1", std::string token = {}) {
    if (token.empty()) token = make_token();
    devices_.push_back(std::make_unique<WebSocketDevice>());
    WebSocketDevice& device = *devices_.back();
    http::WebSocketRequest request{
        .url = "ws://127.0.0.1:" + std::to_string(server_->port()) + "/xiaozhi/v1/",
        .headers = {{"Authorization", "Bearer " + token},
                    {"Protocol-Version", version},
                    {"Device-Id", kWebSocketMac},
                    {"Client-Id", kWebSocketUuid}}};
    device.socket = http::connect_websocket(
        io_, std::move(request),
        {.on_open = [&device] { device.open = true; },
         .on_text =
             [&device](std::string_view text) {
               const auto parsed = json::parse_object(text, 64 * 1024).value();
               std::string what(json::find_string(parsed, "type").value());
               if (const auto state = json::find_string(parsed, "state")) what += " " + std::string(*state);
               device.told.push_back(what);
               if (what == "mcp") device.last_mcp = *json::find_object(parsed, "payload");
             },
         .on_binary = [&device](ByteView bytes) { device.sound.push_back(to_hex(bytes)); },
         .on_closed = [&device](const http::WebSocketClosed& closed) { device.closed = closed; }});
    return device;
  }
  WebSocketDevice& talking(const std::string& version = "1") {
    WebSocketDevice& device = connect(version);
    device.socket->send_text(kWebSocketHello);
    EXPECT_TRUE(run_until([&] { return device.count("hello") == 1; }));
    device.socket->send_text(R"({"type":"listen","state":"start","mode":"auto"})");
    EXPECT_TRUE(run_until([&] { return worker_->count(Envelope::kListen) >= 1; }));
    return device;
  }
  std::string make_token() const {
    const auto credentials =
        auth::make_credentials(*DeviceId::parse(kWebSocketMac), kWebSocketUuid, "box", keys_.device_key);
    return auth::make_websocket_token(
        keys_.device_key, auth::websocket_client(credentials.client_id),
        std::chrono::floor<std::chrono::seconds>(clock_.wall()) + std::chrono::hours(1));
  }
  Envelope about_session() const {
    Envelope envelope;
    envelope.set_session(worker_->last(Envelope::kSessionOpen)->session());
    return envelope;
  }
  void speak(std::uint32_t turn, int frames) {
    Envelope start = about_session();
    start.mutable_speech_start()->set_turn(turn);
    worker_->send(start);
    for (int i = 1; i <= frames; ++i) {
      Envelope audio = about_session();
      audio.mutable_audio_down()->set_turn(turn);
      audio.mutable_audio_down()->set_opus(std::string(as_text(opus_frame(static_cast<std::uint8_t>(i)))));
      worker_->send(audio);
    }
    Envelope end = about_session();
    end.mutable_speech_end()->set_turn(turn);
    worker_->send(end);
  }

  WebSocketKeys keys_{.device_key = Secret("a key of this gateway, thirty-two bytes"), .established_key = {}};
  SystemClock clock_;
  http::Router router_;
  std::optional<WebSocketDoor> door_;
  std::optional<http::Server> server_;
  fakes::ScriptedWorker* worker_ = nullptr;
  std::vector<std::unique_ptr<WebSocketDevice>> devices_;
  std::vector<bool> presence_;
  bool welcome_ = true;
};

TEST_F(WebSocketDoorTest, CarriesATalkBothWaysInEachForm) {
  start();
  for (const std::string version : {"1", "2", "3"}) {
    WebSocketDevice& device = talking(version);
    const std::string opus(as_text(opus_frame(9)));
    Bytes up;
    if (version == "2") up = *from_hex("00020000000000000000003c00000028");
    if (version == "3") up = *from_hex("00000028");
    up.insert(up.end(), opus.begin(), opus.end());
    const auto before = worker_->count(Envelope::kAudioUp);
    device.socket->send_binary(up);
    ASSERT_TRUE(run_until([&] { return worker_->count(Envelope::kAudioUp) == before + 1; }));
    EXPECT_EQ(worker_->last(Envelope::kAudioUp)->audio_up().opus(), opus);

    speak(1, 3);
    ASSERT_TRUE(run_until([&] { return device.count("tts stop") == 1; }));
    const std::string head = version == "1"   ? ""
                             : version == "2" ? "00020000000000000000003c00000028"
                                              : "00000028";
    ASSERT_EQ(device.sound.size(), 3U);
    EXPECT_EQ(device.sound[0], head + to_hex(opus_frame(1)));
    device.socket->close();
    ASSERT_TRUE(run_until([&] { return stats().sessions == 0; }));
  }
}

TEST_F(WebSocketDoorTest, TheEndOfTheConnectionIsTheEndOfTheSession) {
  start();
  WebSocketDevice& device = talking();
  device.socket.reset();  // as the device does: without a close frame
  ASSERT_TRUE(run_until([&] { return worker_->count(Envelope::kSessionClose) == 1; }));
  ASSERT_TRUE(run_until([&] { return presence_.size() == 2; }));
  EXPECT_THAT(presence_, ElementsAre(true, false));
}

TEST_F(WebSocketDoorTest, TheEndOfTheSessionIsTheEndOfTheConnection) {
  start();
  WebSocketDevice& device = talking();
  Envelope end = about_session();
  end.mutable_session_end()->set_reason("goodbye");
  worker_->send(end);
  ASSERT_TRUE(run_until([&] { return device.closed.has_value(); }));
  EXPECT_EQ(device.closed->close_code, 1000);
}

TEST_F(WebSocketDoorTest, ASecondHelloIsANewSessionOnTheSameConnection) {
  start();
  WebSocketDevice& device = talking();
  device.socket->send_text(kWebSocketHello);
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 2; }));
  EXPECT_EQ(worker_->count(Envelope::kSessionOpen), 2U);
  EXPECT_EQ(stats().sessions, 1U);
  EXPECT_FALSE(device.closed);
}

TEST_F(WebSocketDoorTest, ASecondConnectionOfADeviceReplacesTheFirst) {
  start();
  WebSocketDevice& first = talking();
  WebSocketDevice& second = connect();
  second.socket->send_text(kWebSocketHello);
  ASSERT_TRUE(run_until([&] { return second.count("hello") == 1 && first.closed.has_value(); }));
  EXPECT_EQ(stats().sessions, 1U);
  EXPECT_FALSE(second.closed);
  EXPECT_EQ(std::ranges::count(presence_, false), 0) << "it is still there";
}

TEST_F(WebSocketDoorTest, RefusesWhoMayNotComeIn) {
  start();
  WebSocketDevice& forged = connect("1", "test-token");
  ASSERT_TRUE(run_until([&] { return forged.closed.has_value(); }));
  EXPECT_EQ(forged.closed->http_status, 401);
  WebSocketDevice& odd = connect("7");
  ASSERT_TRUE(run_until([&] { return odd.closed.has_value(); }));
  EXPECT_EQ(odd.closed->http_status, 400);
  welcome_ = false;
  WebSocketDevice& blocked = connect();
  ASSERT_TRUE(run_until([&] { return blocked.closed.has_value(); }));
  EXPECT_EQ(blocked.closed->http_status, 403);
}

TEST_F(WebSocketDoorTest, OddFramesAreCountedAndHarmless) {
  start();
  WebSocketDevice& early = connect("3");
  early.socket->send_binary(*from_hex("00000001f8"));  // before the hello
  early.socket->send_binary(*from_hex("0000ffff58"));  // longer than it is
  early.socket->send_binary(Bytes{});
  early.socket->send_text("[1]");
  early.socket->send_text(kWebSocketHello);
  ASSERT_TRUE(run_until([&] { return early.count("hello") == 1; }));
  early.socket->send_binary(*from_hex("000000015b"));  // no Opus
  ASSERT_TRUE(run_until([&] { return counter("datagram_not_opus") == 1; }));
  EXPECT_EQ(counter("frame_length_mismatch"), 2U);
  EXPECT_EQ(counter("datagram_unknown_session"), 1U);
  EXPECT_EQ(worker_->count(Envelope::kAudioUp), 0U);
  EXPECT_FALSE(early.closed);
}

TEST_F(WebSocketDoorTest, AFlooderIsShownOut) {
  start();
  WebSocketDevice& device = talking();
  const std::string message = R"({"type":"mcp","payload":{"x":")" + std::string(20'000, 'x') + R"("}})";
  for (int i = 0; i < 40; ++i) device.socket->send_text(message);
  ASSERT_TRUE(run_until([&] { return device.closed.has_value(); }));
  EXPECT_EQ(device.closed->close_code, 1008);
  ASSERT_TRUE(run_until([&] { return stats().sessions == 0; }));
  EXPECT_LT(worker_->count(Envelope::kMcpUp), 16U);
}

TEST_F(WebSocketDoorTest, ADeviceThatIsNoLongerAdmittedIsHungUp) {
  start();
  WebSocketDevice& device = talking();
  shard_->proxy().post_device_facts(*DeviceId::parse(kWebSocketMac),
                                    {.admitted = false, .client_uuid = {}, .agent = {}});
  ASSERT_TRUE(run_until([&] { return device.closed.has_value(); }));
}

TEST_F(WebSocketDoorTest, ACommandReachesItAndItsAnswerWhoeverGaveIt) {
  start();
  WebSocketDevice& device = talking();
  std::optional<OrderOutcome> outcome;
  shard_->proxy().post_order(*DeviceId::parse(kWebSocketMac),
                             CallTool{.tool = "self.x", .arguments = {}, .timeout = Milliseconds(10'000)},
                             io_.get_executor(), [&](OrderOutcome came) { outcome = std::move(came); });
  ASSERT_TRUE(run_until([&] { return device.count("mcp") == 1; }));
  device.socket->send_text(R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":)" +
                           std::to_string(*json::find_int(device.last_mcp, "id")) + R"(,"result":{"a":1}}})");
  ASSERT_TRUE(run_until([&] { return outcome.has_value(); }));
  EXPECT_EQ(json::serialize(std::get<json::object>(**outcome)), R"({"a":1})");
  EXPECT_EQ(worker_->count(Envelope::kMcpUp), 0U) << "it is the operator's";
}

TEST_F(WebSocketDoorTest, TheShardStopsWithOpenConnections) {
  start();
  WebSocketDevice& device = talking();
  shard_->stop();
  ASSERT_TRUE(run_until([&] { return device.closed.has_value(); }));
}

}  // namespace
}  // namespace earshot::gateway
