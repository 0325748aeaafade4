#include "gateway/xiaozhi/device_reply.h"

#include <gtest/gtest.h>

namespace earshot::commands {
namespace {

TEST(DeviceReply, ReadsResultsAndErrorsWithoutCode) {
  EXPECT_TRUE(read_reply(R"({"jsonrpc":"2.0","id":5,"result":{}})")->result.has_value());
  EXPECT_EQ(read_reply(R"({"id":5,"error":{"message":"Unknown tool: a"}})")->error, "Unknown tool: a");
  EXPECT_EQ(read_reply(R"({"id":5,"error":"what"})")->error, "an answer without a result");
  EXPECT_EQ(read_reply(R"({"id":5,"result":true})")->error, "an answer without a result");
  EXPECT_FALSE(read_reply(R"({"id":"5","result":{}})").has_value());
  EXPECT_FALSE(read_reply(R"({"id":5,"method":"tools/list"})").has_value());
  EXPECT_FALSE(read_reply("nonsense").has_value());
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
  EXPECT_EQ(call_message(1'000'000'001, "self.x", {{"a", 1}}),
            R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":1000000001,"method":"tools/call",)"
            R"("params":{"name":"self.x","arguments":{"a":1}}}})");
  EXPECT_EQ(alert_message("s", "m", "e"), R"({"type":"alert","status":"s","message":"m","emotion":"e"})");
}

}  // namespace
}  // namespace earshot::commands
