#include "gateway/session/command_ids.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

TEST(CommandIds, ABrokenReplyStillNamesItsCommand) {
  EXPECT_EQ(command_id_in_broken_reply(
                R"({"session_id":"5e55","type":"mcp","payload":{"jsonrpc":"2.0","id":1000000007,)"
                R"("error":{"message":"Unknown tool: a"b"}}})"),
            1'000'000'007);
}

TEST(CommandIds, OtherTextsNameNone) {
  for (const std::string_view text : {
           R"()",
           R"({"type":"mcp")",
           R"({"type":"mcp","payload":{"id":12,"error":{"message":"a"b"}}})",
           R"({"type":"mcp","payload":{"id":"1000000007","error":{"message":"a"b"}}})",
           R"({"type":"mcp","payload":{"id":99999999999999999999}})",
           R"({"type":"mcp","payload":{"id":2147483648}})",
           R"({"id":1000000007,"type":"mcp","payload":{"x":"a"b"}})",
           R"({"type":"listen","payload":{"id":1000000007"}})",
       }) {
    EXPECT_EQ(command_id_in_broken_reply(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace earshot::gateway
