#include "gateway/xiaozhi/control_message.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::gateway {
namespace {

// As the firmware writes it (device-protocol 3.1).
const std::string kHello =
    R"({"type":"hello","version":3,"transport":"udp","features":{"aec":true,"mcp":true,"glyph_push":true},)"
    R"("text_font":{"bundle":"noto-v1","charset":"common","size":20,"bpp":4},)"
    R"("audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})";

std::string hello_with(const std::string& audio_params) {
  return R"({"type":"hello","version":3,"transport":"udp","audio_params":)" + audio_params + "}";
}

TEST(ControlMessageTest, ReadsTheHelloOfTheFirmware) {
  const auto parsed = parse_control_message(kHello);

  ASSERT_EQ(parsed.verdict, ControlVerdict::kGood);
  const auto& hello = std::get<DeviceHello>(parsed.message);
  EXPECT_EQ(hello.sample_rate_hz, 16000U);
  EXPECT_EQ(hello.frame_duration, Milliseconds{60});
  EXPECT_TRUE(hello.mcp);
  EXPECT_TRUE(hello.aec);
  EXPECT_EQ(parsed.session_id, "");
}

TEST(ControlMessageTest, ReadsAHelloWithoutFeatures) {
  const auto parsed = parse_control_message(hello_with(R"({"sample_rate":48000,"frame_duration":20})"));

  ASSERT_EQ(parsed.verdict, ControlVerdict::kGood);
  const auto& hello = std::get<DeviceHello>(parsed.message);
  EXPECT_EQ(hello.sample_rate_hz, 48000U);
  EXPECT_EQ(hello.frame_duration, Milliseconds{20});
  EXPECT_FALSE(hello.mcp);
  EXPECT_FALSE(hello.aec);
}

TEST(ControlMessageTest, ReadsListen) {
  struct Case {
    const char* json;
    ListenState state;
    ListenMode mode;
    const char* text;
  };
  const Case cases[] = {
      {R"({"session_id":"ab-1_Z","type":"listen","state":"start","mode":"auto"})", ListenState::kStart,
       ListenMode::kAuto, ""},
      {R"({"session_id":"ab-1_Z","type":"listen","state":"start","mode":"manual"})", ListenState::kStart,
       ListenMode::kManual, ""},
      {R"({"session_id":"ab-1_Z","type":"listen","state":"start","mode":"realtime"})", ListenState::kStart,
       ListenMode::kRealtime, ""},
      {R"({"session_id":"ab-1_Z","type":"listen","state":"stop"})", ListenState::kStop, ListenMode::kAuto,
       ""},
      {R"({"session_id":"ab-1_Z","type":"listen","state":"detect","text":"你好小智"})", ListenState::kDetect,
       ListenMode::kAuto, "你好小智"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_control_message(c.json);
    ASSERT_EQ(parsed.verdict, ControlVerdict::kGood) << c.json;
    EXPECT_EQ(parsed.session_id, "ab-1_Z");
    const auto& listen = std::get<DeviceListen>(parsed.message);
    EXPECT_EQ(listen.state, c.state) << c.json;
    EXPECT_EQ(listen.mode, c.mode) << c.json;
    EXPECT_EQ(listen.text, c.text) << c.json;
  }
}

TEST(ControlMessageTest, ReadsAbortGoodbyeAndTheIgnoredTypes) {
  const auto abort =
      parse_control_message(R"({"session_id":"s","type":"abort","reason":"wake_word_detected"})");
  EXPECT_EQ(std::get<DeviceAbort>(abort.message).reason, "wake_word_detected");
  const auto button = parse_control_message(R"({"session_id":"s","type":"abort"})");
  EXPECT_EQ(std::get<DeviceAbort>(button.message).reason, "");
  const auto goodbye = parse_control_message(R"({"session_id":"s","type":"goodbye"})");
  EXPECT_TRUE(std::holds_alternative<DeviceGoodbye>(goodbye.message));
  EXPECT_TRUE(std::get<DeviceOther>(parse_control_message(R"({"type":"ping"})").message).known);
  const auto unknown = parse_control_message(R"({"type":"udp_timeout"})");
  EXPECT_EQ(unknown.verdict, ControlVerdict::kGood);
  EXPECT_FALSE(std::get<DeviceOther>(unknown.message).known);
}

TEST(ControlMessageTest, ReadsTheThingsOfOldFirmware) {
  const auto parsed = parse_control_message(
      R"({"session_id":"s","type":"iot","update":true,"descriptors":[{"name":"Lamp"}],"states":7})");
  ASSERT_EQ(parsed.verdict, ControlVerdict::kGood);
  EXPECT_EQ(std::get<DeviceIot>(parsed.message).descriptors.size(), 1U);
  EXPECT_TRUE(std::get<DeviceIot>(parsed.message).states.empty());
}

TEST(ControlMessageTest, KeepsTheMcpPayloadAsText) {
  const auto parsed = parse_control_message(
      R"({"session_id":"s","type":"mcp","payload":{"jsonrpc":"2.0","id":9007199254740993,"result":{"a":[1]}}})");

  const auto& mcp = std::get<DeviceMcp>(parsed.message);
  EXPECT_EQ(mcp.payload, R"({"jsonrpc":"2.0","id":9007199254740993,"result":{"a":[1]}})");
  EXPECT_EQ(mcp.id, 9007199254740993);
}

TEST(ControlMessageTest, NamesWhatIsWrong) {
  struct Case {
    std::string json;
    ControlVerdict verdict;
  };
  const Case cases[] = {
      {"", ControlVerdict::kNotJson},
      {"\xff\xfe\x00garbage", ControlVerdict::kNotJson},
      {R"(["type","hello"])", ControlVerdict::kNotJson},
      {std::string(100, '['), ControlVerdict::kNotJson},
      {std::string(kMaxControlBytes + 1, ' '), ControlVerdict::kTooLarge},
      {"{}", ControlVerdict::kNoType},
      {R"({"type":7})", ControlVerdict::kNoType},
      {R"({"type":null})", ControlVerdict::kNoType},
      {R"({"type":"hello","version":3,"transport":"udp"})", ControlVerdict::kBadField},
      {R"({"type":"hello","version":3,"transport":"udp","audio_params":[]})", ControlVerdict::kBadField},
      {R"({"type":"hello","version":3,"transport":"websocket","audio_params":{"sample_rate":16000,"frame_duration":60}})",
       ControlVerdict::kBadField},
      {R"({"type":"hello","version":1,"transport":"udp","audio_params":{"sample_rate":16000,"frame_duration":60}})",
       ControlVerdict::kBadField},
      {hello_with("{}"), ControlVerdict::kBadField},
      {hello_with(R"({"sample_rate":"16000","frame_duration":60})"), ControlVerdict::kBadField},
      {hello_with(R"({"sample_rate":16000,"frame_duration":30})"), ControlVerdict::kUnsupportedAudio},
      {hello_with(R"({"sample_rate":44100,"frame_duration":60})"), ControlVerdict::kUnsupportedAudio},
      {hello_with(R"({"sample_rate":-16000,"frame_duration":60})"), ControlVerdict::kUnsupportedAudio},
      {hello_with(R"({"format":"pcm","sample_rate":16000,"frame_duration":60})"),
       ControlVerdict::kUnsupportedAudio},
      {hello_with(R"({"channels":2,"sample_rate":16000,"frame_duration":60})"),
       ControlVerdict::kUnsupportedAudio},
      {R"({"type":"listen"})", ControlVerdict::kBadField},
      {R"({"type":"listen","state":"pause"})", ControlVerdict::kBadField},
      {R"({"type":"mcp"})", ControlVerdict::kBadField},
      {R"({"type":"mcp","payload":"text"})", ControlVerdict::kBadField},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_control_message(c.json).verdict, c.verdict) << c.json.substr(0, 120);
}

TEST(ControlMessageTest, ListenStartWithNoModeOrAnUnknownOneIsAuto) {
  for (const char* mode : {"", R"(,"mode":"wake")", R"(,"mode":7)", R"(,"mode":null)"}) {
    const auto parsed =
        parse_control_message(R"({"type":"listen","state":"start")" + std::string(mode) + "}");
    ASSERT_EQ(parsed.verdict, ControlVerdict::kGood) << mode;
    EXPECT_EQ(std::get<DeviceListen>(parsed.message).mode, ListenMode::kAuto) << mode;
    EXPECT_TRUE(std::get<DeviceListen>(parsed.message).unknown_mode) << mode;
  }
  const auto known = parse_control_message(R"({"type":"listen","state":"start","mode":"auto"})");
  EXPECT_FALSE(std::get<DeviceListen>(known.message).unknown_mode);
}

TEST(ControlMessageTest, MendsWhatTheDeviceGluedTogether) {
  const auto abort = parse_control_message(R"({"type":"abort","reason":"say "hi""})");  // trap 25
  EXPECT_EQ(abort.verdict, ControlVerdict::kGood);
  EXPECT_TRUE(abort.mended);
  EXPECT_EQ(std::get<DeviceAbort>(abort.message).reason, "say \"hi\"");
  const auto reply = parse_control_message(
      "{\"session_id\":\"s\",\"type\":\"mcp\",\"payload\":{\"id\":4,\"result\":{\"t\":nan,\"w\":\"caf\xE9\"}}"
      "}");
  EXPECT_EQ(reply.session_id, "s");
  EXPECT_EQ(std::get<DeviceMcp>(reply.message).id, 4);
  EXPECT_EQ(std::get<DeviceMcp>(reply.message).payload,
            "{\"id\":4,\"result\":{\"t\":null,\"w\":\"caf\xEF\xBF\xBD\"}}");
  EXPECT_FALSE(parse_control_message(kHello).mended);
}

TEST(ControlMessageTest, AReplyThatNobodyCanReadStillSaysWhoseItIs) {
  const std::string head =
      R"({"session_id":"s","type":"mcp","payload":{"jsonrpc":"2.0","id":4,"result":{"a":")";
  const auto cut = parse_control_message(head);
  EXPECT_EQ(cut.verdict, ControlVerdict::kNotJson);
  EXPECT_EQ(cut.broken_reply, 4);
  EXPECT_EQ(cut.session_id, "s");
  const auto large = parse_control_message(head + std::string(kMaxControlBytes, 'x') + R"("}}})");
  EXPECT_EQ(large.verdict, ControlVerdict::kTooLarge);
  EXPECT_EQ(large.broken_reply, 4);
  EXPECT_EQ(parse_control_message("garbage").broken_reply, std::nullopt);
}

TEST(ControlMessageTest, ARequestOfTheDeviceAnswersNothing) {
  const auto ping = parse_control_message(R"({"type":"mcp","payload":{"id":1000000007,"method":"ping"}})");
  EXPECT_EQ(std::get<DeviceMcp>(ping.message).id, std::nullopt);
}

TEST(ControlMessageTest, LeavesOutASessionIdThatWasNeverOurs) {
  for (const std::string bad : {R"("a\"b")", R"("a b")", R"(5)", R"(null)", R"("é")"}) {
    const auto parsed = parse_control_message(R"({"type":"abort","session_id":)" + bad + "}");
    EXPECT_EQ(parsed.verdict, ControlVerdict::kGood) << bad;
    EXPECT_EQ(parsed.session_id, "") << bad;
  }
  const auto parsed =
      parse_control_message(R"({"type":"abort","session_id":")" + std::string(65, 'a') + R"("})");
  EXPECT_EQ(parsed.session_id, "");
}

TEST(ControlMessageTest, CapsTheTextsOfDevices) {
  const auto parsed = parse_control_message(R"({"type":"listen","state":"detect","text":")" +
                                            std::string(5000, 'a') + R"("})");
  EXPECT_EQ(std::get<DeviceListen>(parsed.message).text.size(), kMaxDeviceTextBytes);
}

}  // namespace
}  // namespace earshot::gateway
