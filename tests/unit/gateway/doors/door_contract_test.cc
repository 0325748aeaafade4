// What every door of xiaozhi devices keeps, whatever its wire: one suite over all legs. What is particular to a
// wire stands in the tests of that door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/json/json.h"
#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/doors/websocket/websocket_leg.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint8_t kToc60 = 11 << 3;  // one frame of 60 ms, mono

std::string brief_of(std::string_view json) {
  const auto parsed = json::parse_object(json, 64 * 1024).value();
  std::string brief(json::find_string(parsed, "type").value());
  if (const auto state = json::find_string(parsed, "state")) brief += " " + std::string(*state);
  return brief;
}

// A door with one device on it, and what reached the device.
class TestedDoor {
 public:
  virtual ~TestedDoor() = default;
  virtual std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                              SteadyTime now) = 0;
  virtual void uplink(Session& session, ByteView opus, SteadyTime now) = 0;
  virtual std::string hello_transport() const = 0;

  std::vector<std::string> told;   // type and state of each message, "audio" for a packet, "end"
  std::vector<std::string> json;   // the messages
  std::vector<std::string> sound;  // the packets as they were before the wire, hexadecimal
};

class MqttUdp final : public TestedDoor, private MqttUdpPort {
 public:
  std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                      SteadyTime now) override {
    ssrc_ = identity.ssrc;
    MqttUdpPort& port = *this;
    auto leg = std::make_unique<MqttUdpLeg>(port, counters_, scratch_, announcement_, identity, "GID@@@x",
                                            key_, hello, 60ms, now);
    leg_ = leg.get();
    return leg;
  }
  void uplink(Session& session, ByteView opus, SteadyTime now) override {
    AudioHeader header;
    header.payload_bytes = static_cast<std::uint16_t>(opus.size());
    header.ssrc = ssrc_;
    header.sequence = ++sequence_;
    const auto bytes = build_audio_header(header);
    Bytes datagram(bytes.begin(), bytes.end());
    datagram.resize(bytes.size() + opus.size());
    AudioCipher(key_).apply(bytes, opus, std::span(datagram).subspan(bytes.size()));
    leg_->datagram(session, parse_audio_packet(datagram).packet, {0xC0000201, 4000}, now);
  }
  std::string hello_transport() const override { return "udp"; }

 private:
  void send_control(std::string_view, std::string_view message) override {
    json.emplace_back(message);
    const std::string brief = brief_of(message);
    told.push_back(brief == "goodbye" ? "end" : brief);
  }
  void send_datagram(UdpAddress, ByteView datagram) override {
    const auto parsed = parse_audio_packet(datagram);
    Bytes plain(parsed.packet.payload.size());
    AudioCipher(key_).apply(parsed.packet.header_bytes, parsed.packet.payload, plain);
    sound.push_back(to_hex(plain));
    told.emplace_back("audio");
  }
  void leg_gone(Ssrc) override {}

  SessionCounters counters_;
  PacketScratch scratch_;
  UdpAnnouncement announcement_{.server = "192.0.2.1", .port = 8884};
  AudioKey key_ = AudioKey::random();
  Ssrc ssrc_{};
  std::uint32_t sequence_ = 0;
  MqttUdpLeg* leg_ = nullptr;
};

class WebSocket final : public TestedDoor, private WebSocketPort {
 public:
  explicit WebSocket(FrameForm form) : form_(form) {}
  std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello&,
                                      SteadyTime) override {
    WebSocketPort& port = *this;
    return std::make_unique<WebSocketLeg>(port, form_, identity.id);
  }
  void uplink(Session& session, ByteView opus, SteadyTime now) override {
    if (session.hears()) session.hear(opus, {++sequence_, 0}, now);
  }
  std::string hello_transport() const override { return "websocket"; }

 private:
  void send_text(std::string_view message) override {
    json.emplace_back(message);
    told.push_back(brief_of(message));
  }
  bool send_binary(ByteView head, ByteView payload) override {
    Bytes whole(head.begin(), head.end());
    whole.insert(whole.end(), payload.begin(), payload.end());
    // Up and down are the same but for what the gateway's form adds.
    const auto frame = parse_up_frame(form_, whole);
    sound.push_back(frame ? to_hex(frame->payload) : "not as long as it says");
    told.emplace_back("audio");
    return true;
  }
  void part(std::uint16_t, std::string_view) override { told.emplace_back("end"); }
  void leg_gone() override {}

  FrameForm form_;
  std::uint32_t sequence_ = 0;
};

struct Worker final : WorkerPort {
  void send(const ipc::Envelope& envelope) override {
    const auto* body = envelope.GetDescriptor()->FindFieldByNumber(envelope.body_case());
    told.push_back(envelope.has_playout_report()
                       ? ipc::PlayoutReport::Event_Name(envelope.playout_report().event())
                       : body->name());
  }
  void send_audio(const ipc::Envelope& envelope) override {
    heard.push_back(to_hex(as_bytes(envelope.audio_up().opus())));
    sequences.push_back(envelope.audio_up().sequence());
  }
  std::vector<std::string> told;
  std::vector<std::string> heard;
  std::vector<std::uint32_t> sequences;
};

struct DoorCase {
  const char* name;
  std::function<std::unique_ptr<TestedDoor>()> make;
};

class DoorContract : public ::testing::TestWithParam<DoorCase> {
 protected:
  DoorContract() : door_(GetParam().make()) {
    const SessionIdentity identity{Ssrc{0x1a2b3c4d}, SessionId{"5e55"},
                                   DeviceId::parse("aa:bb:cc:dd:ee:ff").value(), "en"};
    const DeviceHello hello{.mcp = true};
    session_ = std::make_unique<Session>(counters_, config_, identity, hello,
                                         door_->make_leg(identity, hello, now_), memory_, now_);
  }
  void open(const std::string& mode = "auto") {
    session_->opened(WorkerLeg(worker_), now_);
    now_ += 50ms;
    says(R"({"type":"listen","state":"start","mode":")" + mode + R"("})");
    uplink();
    door_->told.clear();
    worker_.told.clear();
  }
  void says(const std::string& json) { session_->told(parse_control_message(json).message, now_); }
  void uplink() { door_->uplink(*session_, Bytes{kToc60, 1, 2, 3}, now_); }
  void worker_says(const std::function<void(ipc::Envelope&)>& fill) {
    ipc::Envelope envelope;
    fill(envelope);
    session_->envelope(envelope, now_);
  }
  void speak(std::uint32_t turn, int frames) {
    worker_says([&](ipc::Envelope& envelope) { envelope.mutable_speech_start()->set_turn(turn); });
    worker_says([&](ipc::Envelope& envelope) {
      envelope.mutable_sentence_start()->set_turn(turn);
      envelope.mutable_sentence_start()->set_sentence(1);
      envelope.mutable_sentence_start()->set_text("Hello.");
    });
    for (int i = 0; i < frames; ++i) {
      worker_says([&](ipc::Envelope& envelope) {
        envelope.mutable_audio_down()->set_turn(turn);
        envelope.mutable_audio_down()->set_opus(std::string{static_cast<char>(kToc60), static_cast<char>(i)});
      });
    }
  }
  void speech_end(std::uint32_t turn) {
    worker_says([&](ipc::Envelope& envelope) { envelope.mutable_speech_end()->set_turn(turn); });
  }
  void run(Milliseconds duration) {
    const SteadyTime until = now_ + duration;
    while (true) {
      const auto deadline = session_->next_deadline();
      if (!deadline || *deadline > until) break;
      now_ = std::max(now_, *deadline);
      session_->tick(now_);
    }
    now_ = until;
  }

  SteadyTime now_{1h};
  SessionConfig config_;
  SessionCounters counters_;
  SessionMemory memory_;
  Worker worker_;
  std::unique_ptr<TestedDoor> door_;
  std::unique_ptr<Session> session_;
};

TEST_P(DoorContract, AnswersTheHelloOnceAWorkerTookIt) {
  EXPECT_THAT(door_->told, IsEmpty());
  session_->opened(WorkerLeg(worker_), now_);
  session_->opened(WorkerLeg(worker_), now_);
  ASSERT_THAT(door_->told, ElementsAre("hello"));
  const auto hello = json::parse_object(door_->json[0], 4096).value();
  EXPECT_EQ(json::find_string(hello, "transport"), door_->hello_transport());
  EXPECT_EQ(json::find_string(hello, "session_id"), "5e55");
  const auto* audio = json::find_object(hello, "audio_params");
  ASSERT_NE(audio, nullptr);
  EXPECT_EQ(json::find_int(*audio, "sample_rate"), 24000);
  EXPECT_EQ(json::find_int(*audio, "frame_duration"), 60);
}

TEST_P(DoorContract, TellsThatAllWorkersAreBusy) {
  session_->refused(now_);
  EXPECT_EQ(door_->told.at(0), "alert");
  EXPECT_TRUE(session_->over());
}

TEST_P(DoorContract, PlaysATurnInOrder) {
  open();
  speak(1, 3);
  speech_end(1);
  run(2s);
  EXPECT_THAT(door_->told,
              ElementsAre("tts start", "tts sentence_start", "audio", "audio", "audio", "tts stop"));
  EXPECT_THAT(door_->sound, ElementsAre("5800", "5801", "5802"));
  EXPECT_THAT(worker_.told, ElementsAre("kStarted", "kSentence", "kFinished"));
}

TEST_P(DoorContract, PacesWhatItPlays) {
  open();
  speak(1, 100);
  run(1s);
  // The guard of the measured 50 ms and its margin, five frames in advance, then one each 60 ms.
  const auto due = static_cast<std::size_t>(5 + (1000 - 90) / 60);
  EXPECT_NEAR(static_cast<double>(door_->sound.size()), static_cast<double>(due), 1.0);
}

TEST_P(DoorContract, HearsTheDeviceInOrder) {
  uplink();
  EXPECT_THAT(worker_.heard, IsEmpty()) << "nobody listens yet";
  open();
  for (int i = 0; i < 3; ++i) uplink();
  EXPECT_EQ(worker_.heard.size(), 4U);
  EXPECT_EQ(worker_.heard.back(), "58010203");
  EXPECT_TRUE(std::ranges::is_sorted(worker_.sequences));
}

TEST_P(DoorContract, IsDeafWhileItSpeaksUnlessRealtime) {
  open();
  speak(1, 5);
  const std::size_t before = worker_.heard.size();
  uplink();
  EXPECT_EQ(worker_.heard.size(), before);
  says(R"({"type":"listen","state":"start","mode":"realtime"})");
  uplink();
  EXPECT_EQ(worker_.heard.size(), before + 1);
}

TEST_P(DoorContract, AnAbortSilencesAndNothingStaleIsHeard) {
  open();
  speak(1, 50);
  run(1s);
  door_->told.clear();
  says(R"({"type":"abort","reason":"wake_word_detected"})");
  speak(1, 5);
  run(5s);
  EXPECT_THAT(door_->told, ElementsAre("tts stop"));
}

TEST_P(DoorContract, ABargeInSilences) {
  open("realtime");
  speak(1, 50);
  run(500ms);
  door_->told.clear();
  worker_says([](ipc::Envelope& envelope) { envelope.mutable_speech_flush()->set_turn(1); });
  run(1s);
  EXPECT_THAT(door_->told, ElementsAre("tts stop"));
}

TEST_P(DoorContract, PassesTextsOn) {
  open();
  worker_says([](ipc::Envelope& envelope) { envelope.mutable_stt()->set_text("volume up"); });
  worker_says([](ipc::Envelope& envelope) { envelope.mutable_emotion()->set_name("happy"); });
  EXPECT_THAT(door_->told, ElementsAre("stt", "llm"));
}

TEST_P(DoorContract, TheEndIsTold) {
  open();
  session_->close("shutdown", now_);
  EXPECT_THAT(door_->told, ElementsAre("end"));
}

TEST_P(DoorContract, ADeviceThatLeavesIsNotAnswered) {
  open();
  session_->left("connection closed", now_);
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(door_->told, IsEmpty());
}

TEST_P(DoorContract, ALostWorkerEndsIt) {
  open();
  speak(1, 30);
  run(300ms);
  door_->told.clear();
  session_->worker_lost(now_);
  run(3s);
  EXPECT_THAT(door_->told, ElementsAre("end"));
}

TEST_P(DoorContract, ASilentTalkEnds) {
  open();
  run(61s);
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(door_->told, ElementsAre("end"));
}

INSTANTIATE_TEST_SUITE_P(
    Doors, DoorContract,
    ::testing::Values(DoorCase{"MqttUdp", [] { return std::make_unique<MqttUdp>(); }},
                      DoorCase{"WebSocket1", [] { return std::make_unique<WebSocket>(FrameForm::kPlain); }},
                      DoorCase{"WebSocket2", [] { return std::make_unique<WebSocket>(FrameForm::kTimed); }},
                      DoorCase{"WebSocket3", [] { return std::make_unique<WebSocket>(FrameForm::kShort); }},
                      DoorCase{"EstablishedGateway",
                               [] { return std::make_unique<WebSocket>(FrameForm::kGateway); }}),
    [](const auto& door) { return std::string(door.param.name); });

}  // namespace
}  // namespace earshot::gateway
