#include "common/ipc/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/ipc/framing.h"

namespace earshot::ipc {
namespace {

bool add_control(Outbox& outbox, std::string_view body, ControlClass kind = ControlClass::kLink,
                 std::uint32_t session = 0) {
  const auto room = outbox.add_control(body.size(), kind, session);
  if (room.data() == nullptr) return false;
  std::ranges::copy(body, room.begin());
  return true;
}

void add_audio(Outbox& outbox, std::string_view body) {
  std::ranges::copy(body, outbox.add_audio(body.size()).begin());
}

std::vector<std::string> take_all(Outbox& outbox) {
  Bytes batch;
  outbox.take(batch, 1'000'000);
  std::vector<std::string> bodies;
  for (std::size_t at = 0; at < batch.size();) {
    const std::size_t length = load_be32(batch.data() + at);
    bodies.emplace_back(as_text(ByteView(batch).subspan(at + kLengthBytes, length)));
    at += kLengthBytes + length;
  }
  return bodies;
}

TEST(Outbox, KeepsTheOrderOfControlAndAudio) {
  Outbox outbox({.control_bytes = 1000, .session_bytes = 1000, .audio_bytes = 1000});
  ASSERT_TRUE(add_control(outbox, "start"));
  add_audio(outbox, "a1");
  add_audio(outbox, "a2");
  ASSERT_TRUE(add_control(outbox, "end"));
  add_audio(outbox, "a3");
  EXPECT_THAT(take_all(outbox), testing::ElementsAre("start", "a1", "a2", "end", "a3"));
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0U);
}

TEST(Outbox, DropsTheOldestAudioAndNeverControl) {
  Outbox outbox({.control_bytes = 1000, .session_bytes = 1000, .audio_bytes = 3 * (kLengthBytes + 2)});
  ASSERT_TRUE(add_control(outbox, "c1"));
  for (const auto* frame : {"a1", "a2", "a3", "a4", "a5"}) add_audio(outbox, frame);
  ASSERT_TRUE(add_control(outbox, "c2"));
  EXPECT_EQ(outbox.audio_dropped(), 2U);
  EXPECT_THAT(take_all(outbox), testing::ElementsAre("c1", "a3", "a4", "a5", "c2"));
}

TEST(Outbox, HasNoRoomForControlBeyondItsLimit) {
  Outbox outbox({.control_bytes = 2 * (kLengthBytes + 2), .session_bytes = 1000, .audio_bytes = 1000});
  ASSERT_TRUE(add_control(outbox, "c1"));
  ASSERT_TRUE(add_control(outbox, "c2"));
  EXPECT_FALSE(add_control(outbox, "c3"));
  EXPECT_THAT(take_all(outbox), testing::ElementsAre("c1", "c2"));
  EXPECT_TRUE(add_control(outbox, "c4"));
}

TEST(Outbox, ASessionsExcessTakesNobodyElsesRoom) {
  constexpr std::size_t kRecord = kLengthBytes + 6;
  Outbox outbox({.control_bytes = 100 * kRecord, .session_bytes = 8 * kRecord, .audio_bytes = 1000});
  int taken = 0;
  while (add_control(outbox, "answer", ControlClass::kOptional, 7)) ++taken;
  EXPECT_EQ(taken, 8);
  EXPECT_TRUE(add_control(outbox, "listen", ControlClass::kSession, 7))
      << "what it cannot miss has more room";
  EXPECT_TRUE(add_control(outbox, "listen", ControlClass::kSession, 7));
  EXPECT_FALSE(add_control(outbox, "listen", ControlClass::kSession, 7)) << "but not without end";
  EXPECT_TRUE(add_control(outbox, "_close", ControlClass::kLink, 7)) << "its end has room always";
  EXPECT_TRUE(add_control(outbox, "answer", ControlClass::kOptional, 8)) << "another session";
  EXPECT_EQ(outbox.control_bytes_of(7), 11 * kRecord);
  take_all(outbox);
  EXPECT_EQ(outbox.control_bytes_of(7), 0U);
  EXPECT_TRUE(add_control(outbox, "answer", ControlClass::kOptional, 7)) << "what has left counts no more";
}

TEST(Outbox, ManySessionsTogetherLeaveRoomForTheLinksOwn) {
  constexpr std::size_t kRecord = kLengthBytes + 6;
  Outbox outbox({.control_bytes = 80 * kRecord, .session_bytes = 8 * kRecord, .audio_bytes = 1000});
  const auto fill = [&](ControlClass kind) {
    int taken = 0;
    for (std::uint32_t session = 1; session <= 50; ++session) {
      while (add_control(outbox, "record", kind, session)) ++taken;
    }
    return taken;
  };
  EXPECT_EQ(fill(ControlClass::kOptional), 40);
  EXPECT_EQ(fill(ControlClass::kSession), 30);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(add_control(outbox, "pong__"));
  EXPECT_FALSE(add_control(outbox, "pong__"));
}

TEST(Outbox, GivesWholeRecordsUntilTheBatchIsLargeEnough) {
  Outbox outbox({.control_bytes = 1000, .session_bytes = 1000, .audio_bytes = 1000});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(add_control(outbox, "0123456789"));
  Bytes batch;
  EXPECT_EQ(outbox.take(batch, 15), 2U);
  EXPECT_EQ(batch.size(), 2 * (kLengthBytes + 10));
  EXPECT_EQ(outbox.bytes(), 2 * (kLengthBytes + 10));
}

TEST(Outbox, StaysCorrectWhenAudioFlowsPastStuckControl) {
  Outbox outbox({.control_bytes = 1000, .session_bytes = 1000, .audio_bytes = 10 * (kLengthBytes + 3)});
  ASSERT_TRUE(add_control(outbox, "stuck"));
  for (int i = 0; i < 10'000; ++i) add_audio(outbox, std::to_string(100 + i % 900));
  EXPECT_EQ(outbox.audio_dropped(), 9'990U);
  EXPECT_EQ(outbox.bytes(), kLengthBytes + 5 + 10 * (kLengthBytes + 3));
  const auto bodies = take_all(outbox);
  ASSERT_EQ(bodies.size(), 11U);
  EXPECT_EQ(bodies.front(), "stuck");
  EXPECT_EQ(bodies.back(), std::to_string(100 + 9'999 % 900));
}

}  // namespace
}  // namespace earshot::ipc
