#include "common/http/websocket_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/http/utf8.h"

namespace earshot::http {
namespace {

using Kind = WebSocketEvent::Kind;

constexpr std::uint8_t kFin = 0x80;

// As a client writes it.
std::string masked(std::uint8_t first, const std::string& payload, std::uint32_t mask = 0x37fa213d) {
  std::string frame;
  append_frame(frame, Opcode::kText, as_bytes(payload));
  const std::size_t head = frame.size() - payload.size();
  frame[0] = static_cast<char>(first);
  frame[1] = static_cast<char>(frame[1] | '\x80');
  std::array<std::uint8_t, 4> key{};
  store_be32(key.data(), mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame[head + i] = static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ key[i % 4]);
  frame.insert(head, as_text(key));
  return frame;
}

struct Told {
  Kind kind;
  std::string payload;
  std::uint16_t code;
  bool operator==(const Told&) const = default;
};

std::vector<Told> read_in_pieces(const std::string& bytes, std::size_t piece, std::size_t limit = 1000) {
  WebSocketReader reader(limit);
  std::vector<Told> all;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    ByteView rest = as_bytes(std::string_view(bytes).substr(at, piece));
    while (true) {
      const auto event = reader.next(rest);
      if (event.kind == Kind::kNothing) break;
      all.push_back({event.kind, std::string(event.payload), event.code});
      if (event.kind == Kind::kFault || event.kind == Kind::kClose) return all;
    }
  }
  return all;
}

std::uint16_t fault_of(const std::string& bytes, std::size_t limit = 1000) {
  const auto all = read_in_pieces(bytes, bytes.size(), limit);
  return !all.empty() && all.back().kind == Kind::kFault ? all.back().code : std::uint16_t{0};
}

TEST(WebSocketReaderTest, JoinsMessagesHoweverTheyAreCut) {
  const std::string stream = masked(0x01, "He") + masked(kFin | 9, "ping") + masked(0x00, "l") +
                             masked(kFin | 0, "lo") + masked(kFin | 2, std::string(300, 'x')) +
                             masked(kFin | 10, "") + masked(kFin | 1, "") +
                             masked(kFin | 8,
                                    "\x03\xe8"
                                    "bye");
  const std::vector<Told> wanted{
      {Kind::kPing, "ping", 0}, {Kind::kText, "Hello", 0}, {Kind::kBinary, std::string(300, 'x'), 0},
      {Kind::kPong, "", 0},     {Kind::kText, "", 0},      {Kind::kClose, "bye", 1000}};
  for (const std::size_t piece : {1, 2, 3, 7, 64, 10'000}) EXPECT_EQ(read_in_pieces(stream, piece), wanted);
}

TEST(WebSocketReaderTest, SaysWhatIsWrongWithTheCodeForIt) {
  std::string unmasked;
  append_frame(unmasked, Opcode::kText, as_bytes("hello"));
  EXPECT_EQ(fault_of(unmasked), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(kFin | 0x40 | 1, "x")), kCloseProtocolError);  // a compressed one
  EXPECT_EQ(fault_of(masked(kFin | 3, "x")), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(kFin | 11, "x")), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(9, "ping in pieces")), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(kFin | 9, std::string(126, 'p'))), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(kFin | 0, "of nothing")), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(1, "a") + masked(kFin | 1, "b")), kCloseProtocolError);
  EXPECT_EQ(fault_of(masked(kFin | 8, "x")), kCloseProtocolError);
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    std::array<std::uint8_t, 2> number{};
    store_be16(number.data(), static_cast<std::uint16_t>(code));
    EXPECT_EQ(fault_of(masked(kFin | 8, std::string(as_text(number)))), kCloseProtocolError) << code;
  }
  EXPECT_EQ(fault_of(masked(kFin | 8, "\x03\xe8\xff")), kCloseNotUtf8);
  EXPECT_EQ(fault_of(masked(kFin | 1, "\xc0\x80")), kCloseNotUtf8);
  const std::string masks(4, '\0');
  EXPECT_EQ(fault_of(std::string("\x82\xfe\x00\x05", 4) + masks), kCloseProtocolError);  // 5 in two bytes
  EXPECT_EQ(fault_of(std::string("\x82\xff\0\0\0\0\0\0\xff\xff", 10) + masks), kCloseProtocolError);
}

TEST(WebSocketReaderTest, ATooLargeMessageIsThrownAwayWhereThatIsAllowed) {
  WebSocketReader reader(100, 300);
  // One in a piece, one in three with a ping between them, and one that is as good as ever.
  const std::string wire = masked(kFin | 2, std::string(200, 'x')) + masked(2, std::string(90, 'x')) +
                           masked(kFin | 9, "ping") + masked(0, std::string(90, 'x')) +
                           masked(kFin | 0, std::string(90, 'x')) + masked(kFin | 1, "good");
  ByteView rest = as_bytes(wire);
  for (const Kind kind : {Kind::kTooBig, Kind::kPing, Kind::kTooBig}) EXPECT_EQ(reader.next(rest).kind, kind);
  EXPECT_LE(reader.kept_bytes(), 100U) << "it was kept for nobody";
  const WebSocketEvent good = reader.next(rest);
  EXPECT_EQ(good.kind, Kind::kText);
  EXPECT_EQ(good.payload, "good");

  WebSocketReader strict(100, 300);
  const std::string more = masked(2, std::string(200, 'x')) + masked(0, std::string(101, 'x'));
  rest = as_bytes(more);
  EXPECT_EQ(strict.next(rest).code, kCloseTooBig);
}

TEST(WebSocketReaderTest, ATooLargeMessageIsRefusedByWhatItAnnounces) {
  const std::string huge = std::string("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10) + std::string(4, '\0');
  EXPECT_EQ(fault_of(huge), kCloseTooBig);
  EXPECT_EQ(fault_of(masked(kFin | 2, std::string(101, 'x')), 100), kCloseTooBig);
  EXPECT_EQ(fault_of(masked(kFin | 2, std::string(100, 'x')), 100), 0);
  EXPECT_EQ(fault_of(masked(2, std::string(60, 'x')) + masked(0, std::string(41, 'x')), 100), kCloseTooBig);

  WebSocketReader reader(1'000'000);
  const std::string half = masked(kFin | 2, std::string(1'000'000, 'x')).substr(0, 100);
  ByteView rest = as_bytes(half);
  reader.next(rest);
  EXPECT_LT(reader.kept_bytes(), 1000U);
}

TEST(WebSocketReaderTest, ALargeMessageLeavesNoMemoryBehind) {
  WebSocketReader reader(1'000'000);
  const std::string large = masked(kFin | 2, std::string(500'000, 'x'));
  ByteView rest = as_bytes(large);
  EXPECT_EQ(reader.next(rest).payload.size(), 500'000U);
  EXPECT_EQ(reader.next(rest).kind, Kind::kNothing);
  EXPECT_LT(reader.kept_bytes(), 4096U);
}

TEST(WebSocketReaderTest, AnyBytesEndInAFaultOrInMessagesWithinTheLimit) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    bytes[0] = static_cast<char>(bytes[0] & '\x8f');
    bytes[1] = static_cast<char>(bytes[1] | '\x80');
    for (const auto& event : read_in_pieces(bytes, 1 + round % 9, 32)) {
      if (event.kind == Kind::kFault) continue;
      EXPECT_LE(event.payload.size(), 125U);
    }
  }
}

TEST(WebSocketFramesTest, ALengthTakesAsManyBytesAsItMust) {
  for (const auto& [size, whole] : {std::pair<std::size_t, std::size_t>{0, 2},
                                    {125, 127},
                                    {126, 130},
                                    {65'535, 65'539},
                                    {65'536, 65'546}}) {
    std::string out;
    append_frame(out, Opcode::kBinary, as_bytes("12345").first(std::min<std::size_t>(size, 5)),
                 as_bytes(std::string(size - std::min<std::size_t>(size, 5), 'x')));
    EXPECT_EQ(out.size(), whole);
    EXPECT_EQ(frame_size(size), whole);
  }
}

TEST(WebSocketFramesTest, ACloseReasonIsCutBetweenTwoCharacters) {
  std::string euros;
  for (int i = 0; i < 60; ++i) euros += "\xe2\x82\xac";
  std::string out;
  append_close_frame(out, kClosePolicy, euros);
  ASSERT_LE(out.size(), 2U + 125U);
  EXPECT_TRUE(is_utf8(std::string_view(out).substr(4)));
  EXPECT_EQ(out.size(), 2U + 2U + 123U);
  out.clear();
  append_close_frame(out, kCloseNoCode, "");
  EXPECT_EQ(out, std::string("\x88\x00", 2));
}

TEST(Utf8Test, TakesWhatUnicodeTakes) {
  for (const char* good : {"", "plain", "\xc3\xa4", "\xe4\xb8\xad\xe6\x96\x87", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xe4\xb8", "\xed\xa0\x80",
                          "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe4\xb8z"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace earshot::http
