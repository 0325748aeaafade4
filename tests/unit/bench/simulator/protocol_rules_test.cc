#include "bench/simulator/protocol_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string kHelloAnswer =
    R"({"type":"hello","transport":"udp","session_id":"s-1",)"
    R"("audio_params":{"format":"opus","sample_rate":24000,"channels":1,"frame_duration":60},)"
    R"("udp":{"server":"127.0.0.1","port":8884,"encryption":"aes-128-ctr",)"
    R"("key":"000102030405060708090a0b0c0d0e0f","nonce":"010000001a2b3c4d0000000000000000"}})";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

// A server and a device, a line of talk at a time. Names the rules broken so far.
class Wire {
 public:
  explicit Wire(Mode mode = Mode::kAuto, TransportKind kind = TransportKind::kMqttUdp) : rules_(mode, kind) {}

  Wire& up(const std::string& text) {
    rules_.sent(*json::parse_object(text, 4096), now_);
    return *this;
  }
  Wire& down(const std::string& text) {
    rules_.received(text, now_, broken_);
    return *this;
  }
  Wire& audio(int frames = 1) {
    for (int i = 0; i < frames; ++i) rules_.audio_received(now_, broken_);
    return *this;
  }
  Wire& audio_read_late(milliseconds ago) {
    rules_.audio_received(now_ - ago, broken_);
    return *this;
  }
  Wire& came_back() {
    rules_.control_came_back();
    return *this;
  }
  Wire& spoke() {
    rules_.user_spoke();
    return *this;
  }
  Wire& wait(milliseconds time) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(100)) {
      now_ += milliseconds(100);
      rules_.tick(now_, broken_);
    }
    return *this;
  }

  Wire& open() { return up(R"({"type":"hello","version":3})").down(kHelloAnswer); }
  Wire& listen() { return up(R"({"session_id":"s-1","type":"listen","state":"start","mode":"auto"})"); }
  Wire& stt() { return down(R"({"type":"stt","text":"hi"})"); }
  Wire& llm() { return down(R"({"type":"llm","emotion":"happy"})"); }
  Wire& start() { return down(R"({"type":"tts","state":"start"})"); }
  Wire& sentence() { return down(R"({"type":"tts","state":"sentence_start","text":"Hello."})"); }
  Wire& stop() { return down(R"({"type":"tts","state":"stop"})"); }
  Wire& answer() {
    return stt().llm().start().wait(milliseconds(100)).sentence().audio(3).wait(milliseconds(300)).stop();
  }

  std::vector<std::string> broken() const {
    std::vector<std::string> names;
    for (const Violation& violation : broken_) names.emplace_back(name(violation.rule));
    return names;
  }

 private:
  ProtocolRules rules_;
  SteadyTime now_{seconds(1000)};
  Violations broken_;
};

TEST(ProtocolRules, FindsNothingInAGoodTalk) {
  Wire wire;
  wire.open().listen().wait(seconds(2)).spoke().wait(seconds(1)).answer();
  wire.listen().wait(seconds(2)).spoke().answer().wait(seconds(60));
  wire.down(R"({"type":"goodbye","session_id":"s-1"})");
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, FindsNothingInAGoodManualTalk) {
  Wire wire(Mode::kManual);
  wire.open().listen().spoke().up(R"({"session_id":"s-1","type":"listen","state":"stop"})").answer();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, FindsNothingInAGoodBargeIn) {
  Wire wire(Mode::kRealtime);
  wire.open().listen().spoke().stt().llm().start().sentence().audio(5).stop().spoke().answer();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, FindsNothingInAGoodAbort) {
  Wire wire;
  wire.open().listen().spoke().stt().llm().start().sentence().audio(5).up(R"({"type":"abort"})").stop();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, FindsNothingInAGreetingThatNobodyAskedFor) {
  Wire wire;
  wire.open().listen().llm().start().sentence().audio().wait(milliseconds(100)).stop();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, FindsNothingInAnUnknownTypeOrMember) {
  Wire wire;
  wire.down(R"({"type":"error","message":"x"})").down(R"({"type":"custom","payload":{}})");
  wire.down(R"({"type":"alert","status":"a","message":"b","emotion":"cloud_off","more":1})");
  wire.down(R"({"type":"mcp","payload":{}})").down(R"({"type":"system","command":"reboot"})");
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, NamesAMessageThatTheDeviceCannotUse) {
  struct Case {
    const char* text;
    const char* rule;
  };
  const Case cases[] = {
      {"not json", "bad_json"},
      {"[1]", "bad_json"},
      {"{}", "bad_json"},
      {R"({"type":7})", "bad_json"},
      {R"({"type":"stt"})", "missing_field"},
      {R"({"type":"stt","text":5})", "missing_field"},
      {R"({"type":"llm","text":"x"})", "missing_field"},
      {R"({"type":"tts"})", "missing_field"},
      {R"({"type":"mcp","payload":"text"})", "missing_field"},
      {R"({"type":"system"})", "missing_field"},
      {R"({"type":"llm","emotion":"hungry"})", "unknown_emotion"},
      {R"({"type":"alert","status":"a","message":"b"})", "alert_missing_field"},
      {R"({"type":"alert","status":"a","emotion":"happy"})", "alert_missing_field"},
      {R"({"type":"goodbye"})", "goodbye_wrong_session"},
      {R"({"type":"goodbye","session_id":"s-2"})", "goodbye_wrong_session"},
      {R"({"type":"goodbye","session_id":1})", "goodbye_wrong_session"},
  };
  for (const Case& given : cases) {
    Wire wire;
    wire.open().listen().down(given.text);
    EXPECT_THAT(wire.broken(), ElementsAre(given.rule)) << given.text;
  }
}

TEST(ProtocolRules, NamesTooLongMessagesAndTexts) {
  EXPECT_THAT(Wire().down(R"({"type":"x","pad":")" + std::string(17'000, 'x') + R"("})").broken(),
              ElementsAre("message_too_long"));
  EXPECT_THAT(Wire().down(R"({"type":"stt","text":")" + std::string(1025, 'x') + R"("})").broken(),
              ElementsAre("text_too_long"));
}

TEST(ProtocolRules, NamesTheFaultOfAHello) {
  struct Case {
    const char* from;
    const char* to;
    const char* rule;
  };
  const Case cases[] = {
      {R"("transport":"udp")", R"("transport":"tcp")", "hello_bad_field"},
      {R"("port":8884)", R"("port":"8884")", "hello_bad_field"},
      {R"("port":8884)", R"("port":0)", "hello_bad_field"},
      {R"("port":8884)", R"("port":65536)", "hello_bad_field"},
      {R"("server":"127.0.0.1")", R"("server":5)", "hello_bad_field"},
      {R"(0e0f")", R"(0e")", "hello_bad_field"},
      {R"(0e0f")", R"(0e0x")", "hello_bad_field"},
      {R"("udp":{)", R"("dup":{)", "hello_bad_field"},
      {R"("session_id":"s-1")", R"("session_id":"s\"1")", "session_id_unsafe"},
      {R"("session_id":"s-1")", R"("session":"s-1")", "session_id_unsafe"},
      {R"("sample_rate":24000)", R"("sample_rate":22050)", "hello_unplayable"},
      {R"("frame_duration":60)", R"("frame_duration":30)", "hello_unplayable"},
      {R"("nonce":"01000000)", R"("nonce":"02000000)", "hello_nonce_form"},
      {R"(00000000"}})", R"(00000001"}})", "hello_nonce_form"},
  };
  for (const Case& given : cases) {
    Wire wire;
    wire.up(R"({"type":"hello"})").down(replaced(kHelloAnswer, given.from, given.to));
    EXPECT_THAT(wire.broken(), ElementsAre(given.rule)) << given.to;
  }
}

TEST(ProtocolRules, NamesAHelloThatNobodyAskedForOrThatRepeatsAKey) {
  EXPECT_THAT(Wire().down(kHelloAnswer).broken(), ElementsAre("hello_spontaneous"));
  EXPECT_THAT(Wire().open().down(kHelloAnswer).broken(), ElementsAre("hello_spontaneous"));
  EXPECT_THAT(Wire().open().open().broken(), ElementsAre("hello_key_reused"));
}

TEST(ProtocolRules, WaitsTenSecondsForAHello) {
  Wire wire;
  wire.up(R"({"type":"hello"})").wait(seconds(10));
  EXPECT_THAT(wire.broken(), IsEmpty());
  EXPECT_THAT(wire.wait(milliseconds(200)).broken(), ElementsAre("hello_timeout"));
}

TEST(ProtocolRules, AGoodbyeMayAnswerAMessageOfAnOlderSession) {
  Wire wire;
  wire.up(R"({"session_id":"old","type":"listen","state":"start"})")
      .down(R"({"type":"goodbye","session_id":"old"})");
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, ATurnMayBeToldAgainOnceBehindALostConnection) {
  Wire wire = Wire().open().listen().start().came_back().start();
  EXPECT_THAT(wire.broken(), IsEmpty());
  EXPECT_THAT(wire.start().broken(), Not(IsEmpty()));
}

TEST(ProtocolRules, NamesTheFaultInTheOrderOfATurn) {
  struct Case {
    const char* rule;
    Wire wire;
  };
  std::vector<Case> cases;
  cases.push_back({"stt_missing", Wire().open().listen().spoke().llm().start()});
  cases.push_back({"order_6_3", Wire().open().listen().spoke().stt().start()});
  cases.push_back({"order_6_3", Wire().open().listen().sentence()});
  cases.push_back({"order_6_3", Wire().open().listen().spoke().stt().llm().start().stt()});
  cases.push_back({"order_6_3", Wire().open().listen().llm().start().audio(10).wait(seconds(1)).stop()});
  cases.push_back({"order_6_3", Wire().open().listen().llm().start().audio(50)});
  cases.push_back({"tts_start_twice", Wire().open().listen().start().start()});
  cases.push_back({"speech_without_channel", Wire().start()});
  cases.push_back({"speaking_before_listen_stop", Wire(Mode::kManual).open().listen().start()});
  cases.push_back({"audio_before_tts_start", Wire().open().listen().audio()});
  cases.push_back(
      {"audio_before_tts_start", Wire().open().listen().spoke().answer().wait(seconds(2)).audio()});
  cases.push_back(
      {"tts_stop_before_audio_end", Wire().open().listen().spoke().answer().wait(milliseconds(100)).audio()});
  cases.push_back({"tts_stop_before_audio_end",
                   Wire().open().listen().spoke().stt().llm().start().sentence().audio(5).stop()});
  cases.push_back(
      {"tts_stop_missing", Wire().open().listen().llm().start().sentence().audio().wait(seconds(31))});
  cases.push_back(
      {"abort_without_stop",
       Wire().open().listen().llm().start().sentence().audio().up(R"({"type":"abort"})").wait(seconds(4))});
  for (const Case& given : cases) EXPECT_THAT(given.wire.broken(), ElementsAre(given.rule));
}

TEST(ProtocolRules, TheTurnAfterAnAnswerNeedsItsOwnStt) {
  Wire wire;
  wire.open().listen().spoke().answer().listen().spoke().llm().start();
  EXPECT_THAT(wire.broken(), ElementsAre("stt_missing"));
}

TEST(ProtocolRules, AFrameThatArrivedBeforeTheStopAndIsReadAfterItBreaksNothing) {
  Wire wire;
  wire.open().listen().spoke().answer().audio_read_late(milliseconds(50));
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, ASentenceThatTheAudioHasOvertakenBreaksNothing) {
  Wire wire;
  wire.open().listen().llm().start().audio(20).sentence().wait(seconds(2)).stop();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, ASlowModelMayPauseWithinASpeech) {
  Wire wire;
  wire.open().listen().llm().start().sentence().audio().wait(seconds(29)).audio().wait(seconds(1)).stop();
  EXPECT_THAT(wire.broken(), IsEmpty());
}

TEST(ProtocolRules, OverWebSocketAHelloNeedsItsTransportAndAGoodbyeMeansNothing) {
  const auto over_websocket = [](const std::string& answer) {
    Wire wire(Mode::kAuto, TransportKind::kWebSocket);
    wire.up(R"({"type":"hello","version":1})").down(answer);
    return wire;
  };
  EXPECT_THAT(over_websocket(R"({"type":"hello","transport":"websocket"})").broken(), IsEmpty());
  EXPECT_THAT(over_websocket(R"({"type":"hello","transport":"websocket","session_id":"a b"})").broken(),
              ElementsAre("session_id_unsafe"));
  EXPECT_THAT(over_websocket(R"({"type":"hello","session_id":"s-1"})").broken(),
              ElementsAre("hello_no_transport"));
  EXPECT_THAT(over_websocket(kHelloAnswer).broken(), ElementsAre("hello_bad_field"));
  Wire wire = over_websocket(R"({"type":"hello","transport":"websocket","session_id":"s-1"})");
  wire.down(R"({"type":"goodbye","session_id":"s-1"})");
  EXPECT_THAT(wire.broken(), ElementsAre("ws_goodbye"));
}

TEST(ProtocolRules, ANotifyNamesAnAddressAndSubtitlesInTheirOrder) {
  const auto broken = [](const std::string& rest) {
    Wire wire;
    wire.down(R"({"type":"notify",)" + rest + "}");
    return wire.broken();
  };
  EXPECT_THAT(broken(R"("audio_url":"http://h/a.ogg")"), IsEmpty());
  EXPECT_THAT(
      broken(
          R"("audio_url":"http://h/a.ogg","subtitles":[{"start_ms":0,"text":"a"},{"start_ms":9,"text":""}])"),
      IsEmpty());
  for (
      const char* bad :
      {R"("audio_url":"/a.ogg")", R"("audio_url":7)", R"("audio_url":"http://h/a.ogg","subtitles":{})",
       R"("audio_url":"http://h/a.ogg","subtitles":[{"text":"a"}])",
       R"("audio_url":"http://h/a.ogg","subtitles":[{"start_ms":9,"text":"a"},{"start_ms":0,"text":"b"}])"}) {
    EXPECT_THAT(broken(bad), ElementsAre("notify_bad")) << bad;
  }
}

}  // namespace
}  // namespace earshot::simulator
