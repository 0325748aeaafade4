#include "gateway/xiaozhi/down_message.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

const SessionId kSession{"5e55"};

TEST(DownMessageTest, SaysWhatTheFirmwareReads) {
  EXPECT_EQ(stt_message(kSession, "volume up"), R"({"type":"stt","session_id":"5e55","text":"volume up"})");
  EXPECT_EQ(llm_message(kSession, "happy", "🙂"),
            R"({"type":"llm","session_id":"5e55","emotion":"happy","text":"🙂"})");
  EXPECT_EQ(tts_start_message(kSession), R"({"type":"tts","session_id":"5e55","state":"start"})");
  EXPECT_EQ(sentence_start_message(kSession, "Hello."),
            R"({"type":"tts","session_id":"5e55","state":"sentence_start","text":"Hello."})");
  EXPECT_EQ(tts_stop_message(kSession), R"({"type":"tts","session_id":"5e55","state":"stop"})");
  EXPECT_EQ(mcp_message(kSession, {{"jsonrpc", "2.0"}, {"id", 1}}),
            R"({"type":"mcp","session_id":"5e55","payload":{"jsonrpc":"2.0","id":1}})");
  EXPECT_EQ(
      alert_message(kSession, "Busy", "later", "cloud_off"),
      R"({"type":"alert","session_id":"5e55","status":"Busy","message":"later","emotion":"cloud_off"})");
  EXPECT_EQ(goodbye_message(kSession), R"({"type":"goodbye","session_id":"5e55"})");
}

TEST(DownMessageTest, MakesForeignTextSafe) {
  EXPECT_EQ(stt_message(kSession, "say \"hi\"\n\xff"),
            "{\"type\":\"stt\",\"session_id\":\"5e55\",\"text\":\"say \\\"hi\\\"\\n\xEF\xBF\xBD\"}");
  const auto long_text = std::string(5000, 'a');
  EXPECT_LT(sentence_start_message(kSession, long_text).size(), kMaxShownTextBytes + 100);
  EXPECT_LT(alert_message(kSession, long_text, long_text, long_text).size(), 2 * kMaxShownTextBytes + 200);
}

}  // namespace
}  // namespace earshot::gateway
