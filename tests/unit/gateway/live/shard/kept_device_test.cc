// What is kept of a device comes back as it was, and nothing else comes back at all.
#include "gateway/live/shard/kept_device.h"

#include <gtest/gtest.h>

#include "kept.pb.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

KeptDevice example() {
  const std::array<std::uint8_t, AudioKey::kBytes> key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const DeviceId device = *DeviceId::parse("02:00:00:00:00:0a");
  SessionRemains remains{.mode = ListenMode::kRealtime, .listening = true, .checkpoint = "state"};
  remains.spoken.set_speech(ipc::Moved::kOpen);
  remains.spoken.set_turn(7);
  remains.spoken.set_sentences(1);
  remains.spoken.add_said("One.");
  remains.spoken.set_heard(2);
  return {
      .device = device,
      .agent = "pirate",
      .checkpoint = "state",
      .at = std::chrono::system_clock::time_point(1'700'000'000'123ms),
      .talk = KeptTalk{.identity = {.ssrc = Ssrc{0x1a2b3c4d},
                                    .id = SessionId{"5e55"},
                                    .device = device,
                                    .language = "zh-CN",
                                    .agent = "pirate"},
                       .client_id = "GID_test@@@02_00_00_00_00_0a@@@uuid",
                       .hello = {.sample_rate_hz = 16000, .frame_duration = 20ms, .mcp = true, .aec = true},
                       .leg = {.key = AudioKey(key),
                               .uplink_sequence = 90,
                               .downlink_reserved = 5000,
                               .peer = UdpAddress{0xC0000201, 4000}},
                       .age = 61s,
                       .udp_port = 8884,
                       .remains = remains}};
}

ipc::KeptDevice written() {
  ipc::KeptDevice form;
  EXPECT_TRUE(form.ParseFromString(std::string(write_kept(example()).reveal())));
  return form;
}

TEST(KeptDeviceTest, ComesBackAsItWas) {
  const auto back = read_kept(write_kept(example()).reveal());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(write_kept(*back).reveal(), write_kept(example()).reveal());
  EXPECT_EQ(back->at, example().at);
  const KeptTalk& talk = *back->talk;
  EXPECT_EQ(talk.identity.ssrc, Ssrc{0x1a2b3c4d});
  EXPECT_EQ(talk.identity.language, "zh-CN");
  EXPECT_EQ(talk.hello.frame_duration, 20ms);
  EXPECT_TRUE(talk.hello.aec);
  EXPECT_EQ(talk.leg.key.reveal_hex(), example().talk->leg.key.reveal_hex());
  EXPECT_EQ(talk.leg.peer, example().talk->leg.peer);
  EXPECT_EQ(talk.remains->mode, ListenMode::kRealtime);
  EXPECT_EQ(talk.remains->spoken.said(0), "One.");
  EXPECT_EQ(talk.remains->checkpoint, "state");
}

TEST(KeptDeviceTest, ADialogueAloneHasNoTalk) {
  KeptDevice dialogue = example();
  dialogue.talk.reset();
  const auto back = read_kept(write_kept(dialogue).reveal());
  ASSERT_TRUE(back.ok());
  EXPECT_FALSE(back->talk);
  EXPECT_EQ(back->checkpoint, "state");
}

TEST(KeptDeviceTest, AReplyWhoseTextsAreNotAllKnownIsTakenUp) {
  KeptDevice kept = example();
  kept.talk->remains->spoken.set_sentences(200);
  const auto back = read_kept(write_kept(kept).reveal());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->talk->remains->spoken.sentences(), 200U);
  EXPECT_EQ(back->talk->remains->spoken.said_size(), 1);
}

TEST(KeptDeviceTest, WhoTakesItUpReservesNumbersForItself) {
  KeptDevice kept = example();
  const auto ahead = read_kept(write_taken_up(kept).reveal());
  ASSERT_TRUE(ahead.ok());
  EXPECT_EQ(ahead->talk->leg.downlink_reserved, 5000U + kReservedDatagrams);
  EXPECT_EQ(ahead->at, kept.at);
  EXPECT_EQ(ahead->talk->age, kept.talk->age);
  kept.talk->leg.downlink_reserved = UINT32_MAX - 1;
  EXPECT_EQ(read_kept(write_taken_up(kept).reveal())->talk->leg.downlink_reserved, UINT32_MAX);
}

TEST(KeptDeviceTest, WhatNoGatewayWritesIsRefused) {
  struct Case {
    const char* name;
    void (*spoil)(ipc::KeptDevice&);
  };
  for (const Case& one : {
           Case{"version", [](ipc::KeptDevice& form) { form.set_version(2); }},
           Case{"device", [](ipc::KeptDevice& form) { form.set_device("nobody"); }},
           Case{"checkpoint",
                [](ipc::KeptDevice& form) {
                  form.set_checkpoint(std::string(Continuity::kMaxCheckpointBytes + 1, 'x'));
                }},
           Case{"key", [](ipc::KeptDevice& form) { form.mutable_talk()->set_key("short"); }},
           Case{"client",
                [](ipc::KeptDevice& form) {
                  form.mutable_talk()->set_client_id("GID_test@@@02_00_00_00_00_0b@@@uuid");
                }},
           Case{"session", [](ipc::KeptDevice& form) { form.mutable_talk()->clear_session_id(); }},
           Case{"port", [](ipc::KeptDevice& form) { form.mutable_talk()->set_peer_port(70'000); }},
           Case{"frame", [](ipc::KeptDevice& form) { form.mutable_talk()->mutable_hello()->Clear(); }},
           Case{"mode", [](ipc::KeptDevice& form) { form.mutable_talk()->set_mode(9); }},
           Case{"speech", [](ipc::KeptDevice& form) { form.mutable_talk()->set_speech(9); }},
           Case{"sentences", [](ipc::KeptDevice& form) { form.mutable_talk()->set_sentences(0); }},
       }) {
    ipc::KeptDevice form = written();
    one.spoil(form);
    EXPECT_FALSE(read_kept(form.SerializeAsString()).ok()) << one.name;
  }
  EXPECT_FALSE(read_kept("no record at all").ok());
}

}  // namespace
}  // namespace earshot::gateway
