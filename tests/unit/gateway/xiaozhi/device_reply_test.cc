#include "gateway/xiaozhi/device_reply.h"

#include <gtest/gtest.h>

namespace earshot::commands {
namespace {

TEST(DeviceReply, ReadsResultsAndErrorsWithoutCode) {
  const auto words = [](const char* reply) {
    return reply_result(*json::parse_object(reply, 4096)).error().message;
  };
  EXPECT_TRUE(reply_result(*json::parse_object(R"({"jsonrpc":"2.0","id":5,"result":{}})", 4096)).ok());
  EXPECT_EQ(words(R"({"id":5,"error":{"message":"Unknown tool: a"}})"), "Unknown tool: a");
  EXPECT_EQ(words(R"({"id":5,"error":"what"})"), "an answer without a result");
  EXPECT_EQ(words(R"({"id":5,"result":true})"), "an answer without a result");
}

std::string result_of(const std::string& content) {
  return json::serialize(tool_result(*json::parse_object(R"({"content":)" + content + "}", 4096)));
}

TEST(DeviceReply, ShowsATextThatIsJsonAsBoth) {
  EXPECT_EQ(result_of(R"([{"type":"text","text":"{\"a\":1}"}])"), R"({"text":"{\"a\":1}","json":{"a":1}})");
  EXPECT_EQ(result_of(R"([{"type":"text","text":"false"}])"), R"({"text":"false","json":false})");
  EXPECT_EQ(result_of(R"([{"type":"text","text":"42"}])"), R"({"text":"42"})");
  EXPECT_EQ(result_of(R"([{"type":"text","text":"a"},7,{"type":"image","image":"b"}])"),
            R"({"text":"a\nb"})");
  EXPECT_EQ(json::serialize(tool_result({})), R"({"text":""})");
}

TEST(DeviceReply, WritesWhatTheFirmwareReads) {
  EXPECT_EQ(alert_message("s", "m", "e"), R"({"type":"alert","status":"s","message":"m","emotion":"e"})");
}

}  // namespace
}  // namespace earshot::commands
