#include "bench/simulator/load/ws_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::simulator {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kUpgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

WsReader reader_with(const std::string& bytes) {
  WsReader reader;
  reader.add(as_bytes(bytes));
  return reader;
}

TEST(WsWire, ReadsAnAddress) {
  const auto url = WsUrl::parse("ws://127.0.0.1:8003/xiaozhi/v1/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 8003);
  EXPECT_EQ(url->path, "/xiaozhi/v1/");
  EXPECT_EQ(WsUrl::parse("ws://host")->port, 80);
  for (const char* bad :
       {"", "wss://h/", "http://h", "ws://", "ws://:1/", "ws://h:/", "ws://h:0", "ws://h:99999"})
    EXPECT_FALSE(WsUrl::parse(bad)) << bad;
}

TEST(WsWire, AsksForTheUpgrade) {
  Bytes out;
  append_ws_upgrade(out, *WsUrl::parse("ws://h:1/p"), {{"Device-Id", "mac"}});
  EXPECT_THAT(as_text(out), StartsWith("GET /p HTTP/1.1\r\nHost: h\r\n"));
  EXPECT_THAT(as_text(out), HasSubstr("Device-Id: mac\r\n"));
  EXPECT_THAT(as_text(out), EndsWith("\r\n\r\n"));
}

// RFC 6455, 5.7: "Hello" with its mask.
TEST(WsWire, MasksItsFrames) {
  Bytes out;
  append_ws_frame(out, WsOpcode::kText, as_bytes(std::string_view("Hello")), 0x37fa213d);
  EXPECT_EQ(to_hex(out), "818537fa213d7f9f4d5158");
  Bytes large;
  append_ws_frame(large, WsOpcode::kBinary, Bytes(300), 0);
  EXPECT_EQ(to_hex(ByteView(large).first(8)), "82fe012c00000000");
}

TEST(WsWire, ReadsTheUpgradeAndThenFramesInAnyPieces) {
  const std::string stream = kUpgraded + std::string("\x81\x05Hello\x82\x7e\x00\x80", 11) +
                             std::string(128, 'x') + std::string("\x88\x00", 2);
  WsReader reader;
  std::vector<WsReader::Item> items;
  for (const char c : stream) {
    reader.add(as_bytes(std::string_view(&c, 1)));
    while (auto item = reader.next()) items.push_back(std::move(*item));
  }
  ASSERT_EQ(items.size(), 4U);
  EXPECT_TRUE(items[0].upgraded);
  EXPECT_EQ(as_text(items[1].payload), "Hello");
  EXPECT_EQ(items[2].opcode, WsOpcode::kBinary);
  EXPECT_EQ(items[2].payload.size(), 128U);
  EXPECT_EQ(items[3].opcode, WsOpcode::kClose);
  EXPECT_EQ(reader.broken(), "");
}

TEST(WsWire, FindsWhatNoServerMaySend) {
  for (const auto& [bytes, what] : {std::pair<std::string, const char*>{"HTTP/1.1 401 No\r\n\r\n", "refused"},
                                    {std::string(WsReader::kMaxHead + 1, 'x'), "no end"},
                                    {kUpgraded + std::string("\x81\x80\0\0\0\0", 6), "masked"},
                                    {kUpgraded + std::string("\x01\x00", 2), "in parts"},
                                    {kUpgraded + std::string("\x82\x7f", 2), "too large"}}) {
    WsReader reader = reader_with(bytes);
    while (reader.next()) {
    }
    EXPECT_THAT(reader.broken(), HasSubstr(what));
  }
}

}  // namespace
}  // namespace earshot::simulator
