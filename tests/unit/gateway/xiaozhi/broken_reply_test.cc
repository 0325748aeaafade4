#include "gateway/xiaozhi/broken_reply.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

TEST(BrokenReplyTest, StillSaysWhoseItIs) {
  const auto reply = read_broken_reply(R"({"session_id":"5e55","type":"mcp","payload":{"jsonrpc":"2.0","id":)"
                                       R"(1000000007,"error":{"message":"Unknown tool: a"b"}}})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 1'000'000'007);
  EXPECT_EQ(reply->session_id, "5e55");
}

TEST(BrokenReplyTest, IsFoundInOtherSpellings) {
  const auto reply = read_broken_reply(R"({ "type": "mcp", "payload" : { "id" : 12, "result": {"method":"a)");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 12);
  EXPECT_EQ(reply->session_id, "");
}

TEST(BrokenReplyTest, OtherTextsAreNone) {
  for (const std::string_view text : {
           R"()",
           R"({"type":"mcp")",
           R"({"type":"mcp","payload":{"id":"7","error":{"message":"a"b"}}})",
           R"({"type":"mcp","payload":{"id":99999999999999999999}})",
           R"({"id":7,"type":"mcp","payload":{"x":"a"b"}})",
           R"({"type":"listen","payload":{"id":7"}})",
           R"({"type":"mcp","payload":{"method":"ping","id":7,"params":"a"b"}})",
       }) {
    EXPECT_FALSE(read_broken_reply(text)) << text;
  }
}

TEST(BrokenReplyTest, OnlyTheHeadIsRead) {
  std::string text = R"({"type":"mcp","payload":{"x":")" + std::string(8000, 'x') + R"(","id":7)";
  EXPECT_FALSE(read_broken_reply(text));
}

}  // namespace
}  // namespace earshot::gateway
