// A device over WebSocket, and what it does with a notify, before servers that are scripted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "bench/simulator/device.h"
#include "bench/simulator/ws_frames.h"
#include "common/audio/ogg_opus.h"
#include "common/audio/opus_encoder.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/fake_ws_server.h"

namespace earshot::simulator {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* kAnswer =
    R"({"type":"hello","transport":"websocket","session_id":"s1",)"
    R"("audio_params":{"format":"opus","sample_rate":24000,"channels":1,"frame_duration":60}})";

class Watcher : public DeviceObserver {
 public:
  explicit Watcher(asio::io_context& io) : io_(io) {}
  void on_connected() override { connected = true; }
  void on_connection_failed(const std::string& why) override {
    failures.push_back(why);
    io_.stop();
  }
  void on_control(Direction direction, const json::object& message) override {
    if (direction == Direction::kUp) sent.push_back(json::serialize(message));
  }
  void on_violation(const Violation& violation) override {
    broken.emplace_back(name(violation.rule));
    io_.stop();
  }
  void on_state(State, State to) override {
    states.emplace_back(name(to));
    if (to == State::kIdle) io_.stop();
  }
  void on_session(const ServerHello&) override {}
  void on_listening() override {}
  void on_speech_ended() override {}
  void on_heard(const std::string&) override {}
  void on_emotion(const std::string&) override {}
  void on_answer_began() override {}
  void on_sentence(const std::string& text) override { sentences.push_back(text); }
  void on_played(const Pcm&, SteadyTime, bool) override { ++played; }
  void on_answer_ended() override {}
  void on_answer_over() override {}
  void on_tool(const RunReport::ToolCall&) override {}
  void on_alert(const std::string&) override {}
  void on_frames_cut(std::uint64_t) override {}
  void on_frames_discarded(std::uint64_t) override {}
  void on_session_ended() override { ended = true; }
  void on_rebooted() override {}

  bool connected = false;
  bool ended = false;
  int played = 0;
  std::vector<std::string> failures;
  std::vector<std::string> sent;
  std::vector<std::string> broken;
  std::vector<std::string> states;
  std::vector<std::string> sentences;

 private:
  asio::io_context& io_;
};

class DeviceWebSocketTest : public testing::Test {
 protected:
  void talk(int version = 1, const std::string& firmware = "2.4.2", const std::string& token = "abc") {
    settings.firmware = *firmware_of(firmware);
    device = std::move(Device::create(io, settings, watcher).value());
    const WebSocketLogin login{
        .server = {.url = server.url("/xiaozhi/v1/"), .token = Secret(token), .version = version},
        .mac = "02:00:00:00:00:01",
        .client_id = "uuid"};
    ASSERT_TRUE(device->connect(login));
    device->agenda().after(0ms, [this] {
      connected_while_idle = !server.upgrades().empty();
      device->press_button();
    });
    io.run_for(20s);
  }
  static std::string packet() {
    auto encoder = OpusEncoder::create(downlink_opus(24000, 60)).value();
    const std::vector<std::int16_t> silence(1440);
    return std::string(as_text(encoder.encode(silence).value()));
  }

  asio::io_context io;
  Watcher watcher{io};
  DeviceSettings settings;
  fakes::FakeWsServer server;
  std::unique_ptr<Device> device;
  bool connected_while_idle = true;
};

TEST_F(DeviceWebSocketTest, ConnectsForAConversationAndSaysWhoItIs) {
  std::string hello;
  server.on_connection([&hello](fakes::FakeSocket& socket) {
    hello = socket.receive().data;
    socket.close(1000);
  });
  talk(3);
  EXPECT_FALSE(connected_while_idle);
  ASSERT_EQ(server.upgrades().size(), 1U);
  const auto headers = server.upgrades()[0].headers;
  EXPECT_EQ(headers.at("authorization"), "Bearer abc");
  EXPECT_EQ(headers.at("protocol-version"), "3");
  EXPECT_EQ(headers.at("device-id"), "02:00:00:00:00:01");
  EXPECT_EQ(headers.at("client-id"), "uuid");
  EXPECT_EQ(headers.at("host"), "127.0.0.1");
  EXPECT_THAT(hello, HasSubstr(R"("version":3,"transport":"websocket")"));
}

TEST_F(DeviceWebSocketTest, ATokenWithASpaceIsSentAsItIs) {
  EXPECT_EQ(WebSocketTransport::authorization("Basic abc"), "Basic abc");
  EXPECT_EQ(WebSocketTransport::authorization("abc"), "Bearer abc");
  EXPECT_EQ(WebSocketTransport::authorization(""), "");
}

TEST_F(DeviceWebSocketTest, HearsAnAnswerInEachFraming) {
  for (const int version : {1, 2, 3}) {
    SCOPED_TRACE(version);
    io.restart();
    Bytes up;
    server.on_connection([version, &up](fakes::FakeSocket& socket) {
      socket.receive();
      socket.send_text(kAnswer);
      for (fakes::FakeFrame frame = socket.receive();; frame = socket.receive()) {
        if (!frame.binary) continue;
        up.assign(frame.data.begin(), frame.data.end());
        break;
      }
      socket.send_text(R"({"type":"tts","state":"start","session_id":"s1"})");
      socket.send_text(R"({"type":"tts","state":"sentence_start","text":"Hello.","session_id":"s1"})");
      const std::string opus = packet();
      for (int i = 0; i < 3; ++i) socket.send_binary(as_text(make_ws_frame(version, as_bytes(opus), 60)));
      socket.wait(fakes::Delay(400));
      socket.send_text(R"({"type":"tts","state":"stop","session_id":"s1"})");
      socket.wait(fakes::Delay(200));
      socket.close(1000);
    });
    watcher.states.clear();
    watcher.played = 0;
    talk(version);
    EXPECT_THAT(watcher.broken, IsEmpty());
    EXPECT_EQ(watcher.played, 3);
    EXPECT_TRUE(watcher.ended);
    EXPECT_THAT(watcher.states, ElementsAre("connecting", "listening", "speaking", "listening", "idle"));
    Violations broken;
    EXPECT_TRUE(read_ws_frame(version, up, broken)) << "the device's own frame";
    EXPECT_THAT(broken, IsEmpty());
  }
}

TEST_F(DeviceWebSocketTest, AHelloWithoutTransportWouldCrashIt) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_text(R"({"type":"hello","session_id":"s1"})");
    socket.receive();
  });
  talk();
  EXPECT_THAT(watcher.broken, ElementsAre("hello_no_transport"));
}

TEST_F(DeviceWebSocketTest, AFrameThatAnnouncesMoreThanItHoldsWouldCrashIt) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_text(kAnswer);
    socket.receive();
    socket.send_text(R"({"type":"tts","state":"start"})");
    socket.send_binary(std::string("\0\0\0\x09\xf8", 5));
    socket.receive();
    socket.wait(fakes::Delay(1000));
  });
  talk(3);
  EXPECT_THAT(watcher.broken, Contains("ws_payload_size"));
}

TEST_F(DeviceWebSocketTest, AServerDoesNotMaskItsFrames) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_raw(std::string("\x81\x82\0\0\0\0{}", 8));
    socket.wait(fakes::Delay(1000));
  });
  talk();
  EXPECT_THAT(watcher.broken, ElementsAre("ws_protocol"));
}

TEST_F(DeviceWebSocketTest, AGoodbyeMeansNothingThere) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_text(kAnswer);
    socket.send_text(R"({"type":"goodbye","session_id":"s1"})");
    socket.wait(fakes::Delay(1000));
  });
  talk();
  EXPECT_THAT(watcher.broken, ElementsAre("ws_goodbye"));
  EXPECT_FALSE(watcher.ended);
}

TEST_F(DeviceWebSocketTest, AServerThatRefusesIsAFailedConnection) {
  server.refuse_with(401, "{}");
  talk();
  ASSERT_FALSE(watcher.failures.empty() && watcher.states.empty());
  EXPECT_THAT(watcher.states, ElementsAre("connecting", "idle"));
}

TEST_F(DeviceWebSocketTest, ThePythonClientLeavesTheSessionUnnamed) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_text(kAnswer);
    socket.receive();
    socket.close(1000);
  });
  talk(1, "py-xiaozhi");
  ASSERT_GE(watcher.sent.size(), 2U);
  EXPECT_THAT(watcher.sent[0], HasSubstr(R"("features":{"mcp":true})"));
  EXPECT_THAT(watcher.sent[0], HasSubstr(R"("frame_duration":20)"));
  EXPECT_THAT(watcher.sent[1], HasSubstr(R"("session_id":"")"));
  EXPECT_THAT(watcher.sent[1], HasSubstr(R"("state":"start")"));
}

TEST_F(DeviceWebSocketTest, OldFirmwareTellsItsThingsAfterTheHello) {
  server.on_connection([](fakes::FakeSocket& socket) {
    socket.receive();
    socket.send_text(kAnswer);
    for (int i = 0; i < 4; ++i) socket.receive();
    socket.close(1000);
  });
  talk(1, "1.7.x");
  ASSERT_GE(watcher.sent.size(), 5U);
  EXPECT_THAT(watcher.sent[0], HasSubstr(R"("features":{})"));
  EXPECT_THAT(watcher.sent[1], HasSubstr(R"("descriptors":[{"name":"Speaker")"));
  EXPECT_THAT(watcher.sent[3], HasSubstr(R"("states":[)"));
  EXPECT_THAT(watcher.sent[4], HasSubstr(R"("type":"listen")"));
}

class NotifyTest : public DeviceWebSocketTest {
 protected:
  // Plays what the file holds; nothing when the firmware would not.
  void notify(const std::string& file, int status = 200) {
    files.on("GET", "/a.ogg",
             [file, status, this](const fakes::FakeRequest& request, fakes::FakeAnswer& answer) {
               accepts = request.headers.at("accept");
               answer.head(status, "audio/ogg");
               answer.send(file);
             });
    auto player = NoticePlayer::create(
        io, agenda, 20,
        {{"audio_url", files.url("/a.ogg")},
         {"subtitles", json::array{json::object{{"start_ms", 0}, {"text", "Dinner"}},
                                   json::object{{"start_ms", 60}, {"text", "is ready."}}}}},
        {.sentence = [this](const std::string& text) { sentences.push_back(text); },
         .played = [this](const Pcm&, SteadyTime, bool gap) { gap ? ++gaps : ++frames; },
         .broken = [this](const Violation& violation) { faults.push_back(violation.detail); },
         .over = [this] { io.stop(); }});
    ASSERT_NE(player, nullptr);
    io.restart();
    io.run_for(20s);
  }
  static std::string ogg(int packets) {
    std::string all;
    const std::string opus = packet();
    for (int i = 0; i < packets; ++i) all += std::string{'\0', static_cast<char>(opus.size())} + opus;
    return *audio::to_ogg_opus(all, 24'000, 16);
  }

  Agenda agenda{io};
  fakes::FakeHttpServer files;
  std::string accepts;
  std::vector<std::string> sentences;
  std::vector<std::string> faults;
  int frames = 0;
  int gaps = 0;
};

TEST_F(NotifyTest, FetchesTheSpeechAndPlaysItWithItsText) {
  notify(ogg(30));  // more than the queue holds
  EXPECT_EQ(accepts, "audio/ogg");
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(frames, 30);
  EXPECT_THAT(sentences, ElementsAre("Dinner", "is ready."));
}

TEST_F(NotifyTest, PlaysNothingOfAFileThatItCannotTake) {
  notify(ogg(3), 302);
  EXPECT_THAT(faults, ElementsAre("the status is 302"));
  faults.clear();
  const std::string file = ogg(3);
  notify(file.substr(0, file.size() - 1));
  EXPECT_THAT(faults, ElementsAre(HasSubstr("cut short")));
  EXPECT_EQ(frames, 0);
}

TEST_F(NotifyTest, ANotifyWithoutAnAddressIsIgnored) {
  EXPECT_EQ(NoticePlayer::create(io, agenda, 20, {{"type", "notify"}}, {}), nullptr);
}

}  // namespace
}  // namespace earshot::simulator
