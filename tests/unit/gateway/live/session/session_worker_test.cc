// The session as the worker sees it: speech, reports, ends, and what nonsense does.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(SessionTest, PlaysATurnInOrderAndReportsIt) {
  open();
  speech_start(1);
  sentence(1, 1, "Hello there.");
  frames(1, 2);
  speech_end(1);
  run(2s);
  EXPECT_THAT(port_.both, ElementsAre("> tts start", "< kStarted", "> tts sentence_start", "< kSentence",
                                      "> audio", "> audio", "> tts stop", "< kFinished"));
  EXPECT_THAT(port_.device_json[1], HasSubstr("Hello there."));
  EXPECT_EQ(port_.worker.back().playout_report().frames_played(), 2U);
  EXPECT_EQ(port_.worker.back().playout_report().sentence(), 1U);
}

TEST_F(SessionTest, SendsSoundTheDeviceAccepts) {
  open();
  speech_start(1);
  frames(1, 2);
  run(1s);
  ASSERT_EQ(port_.datagrams.size(), 2U);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto& [to, datagram] = port_.datagrams[i];
    EXPECT_EQ(to, kDeviceAddress);
    const auto parsed = parse_audio_packet(datagram);
    ASSERT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
    EXPECT_EQ(parsed.packet.header.sequence, i + 1);
    Bytes plain(parsed.packet.payload.size());
    AudioCipher(key_).apply(parsed.packet.header_bytes, parsed.packet.payload, plain);
    EXPECT_EQ(to_hex(plain), "58040506");
  }
}

TEST_F(SessionTest, TheFirstFrameWaitsForTheMeasuredRoundTrip) {
  session_->opened(WorkerLeg(port_), now_);
  now_ += 200ms;
  listen_start("auto");
  uplink();
  speech_start(1);
  frames(1, 1);
  run(239ms);
  EXPECT_THAT(port_.datagrams, IsEmpty());
  run(1ms);
  EXPECT_EQ(port_.datagrams.size(), 1U);
}

TEST_F(SessionTest, ToolListAnswersMeasureTheRoundTripToo) {
  open();  // 50 ms
  session_->round_trip(300ms);
  speech_start(1);
  frames(1, 1);
  run(339ms);
  EXPECT_THAT(port_.datagrams, IsEmpty());
  run(1ms);
  EXPECT_EQ(port_.datagrams.size(), 1U);
}

TEST_F(SessionTest, TextFlowsThoughTheAddressIsUnknown) {
  session_->opened(WorkerLeg(port_), now_);
  listen_start("auto");
  port_.clear();
  speech_start(1);
  sentence(1, 1, "Hello.");
  frames(1, 3);
  speech_end(1);
  run(2s);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts sentence_start", "tts stop"));
  EXPECT_THAT(port_.datagrams, IsEmpty());
  EXPECT_EQ(counted(SessionEvent::kDownlinkNoAddress), 3U);
}

TEST_F(SessionTest, BargeInFlushesAndStops) {
  open("realtime");
  speech_start(1);
  frames(1, 50);
  run(500ms);
  port_.clear();
  speech_flush(1);
  speech_start(2);
  run(5s);
  EXPECT_THAT(port_.both, ElementsAre("> tts stop", "< kFlushed", "> tts start", "< kStarted"));
}

TEST_F(SessionTest, PassesTextsOnAtOnce) {
  open();
  ipc::Envelope envelope;
  envelope.mutable_stt()->set_text("volume up");
  worker_says(envelope);
  envelope.mutable_emotion()->set_name("happy");
  worker_says(envelope);
  envelope.mutable_alert()->set_status("s");
  worker_says(envelope);
  EXPECT_THAT(port_.device, ElementsAre("stt", "llm", "alert"));
  EXPECT_THAT(port_.device_json[2], HasSubstr(R"("message":"","emotion":"")"));  // all three, always
}

TEST_F(SessionTest, AnEndAfterPlayoutLetsTheFarewellBeHeard) {
  open();
  speech_start(1);
  frames(1, 5);
  speech_end(1);
  ipc::Envelope end;
  end.mutable_session_end()->set_after_playout(true);
  end.mutable_session_end()->set_reason("user said goodbye");
  worker_says(end);
  EXPECT_FALSE(session_->over());
  run(5s);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(session_->end_reason(), "user said goodbye");
  ASSERT_GE(port_.both.size(), 3U);
  EXPECT_THAT(std::vector<std::string>(port_.both.end() - 3, port_.both.end()),
              ElementsAre("> audio", "< kFinished", "> goodbye"))
      << "a `tts stop` would open the microphone once more";
}

TEST_F(SessionTest, AnEndAtOnceDoesNotWait) {
  open();
  speech_start(1);
  frames(1, 5);
  ipc::Envelope end;
  end.mutable_session_end();
  worker_says(end);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(port_.device.back(), "goodbye");
}

TEST_F(SessionTest, NonsenseOfAWorkerIsCountedAndHarmless) {
  open();
  ipc::Envelope envelope;
  worker_says(envelope);  // no body, or one of a newer version
  envelope.mutable_audio_up();
  worker_says(envelope);  // of the other direction
  EXPECT_EQ(counted(SessionEvent::kWorkerUnexpectedBody), 2U);

  const auto bad_mcp = {std::string("not json"), std::string("[1]"), std::string(17000, ' ') + "{}",
                        std::string(R"({"id":1,"result":{}})"),               // the line answers the device
                        std::string(R"({"id":"1","method":"initialize"})")};  // nobody answers a text (8.1)
  for (const auto& payload : bad_mcp) {
    envelope.mutable_mcp_down()->set_payload(payload);
    worker_says(envelope);
  }
  EXPECT_EQ(counted(SessionEvent::kWorkerBadMcp), 5U);

  frames(1, 1);
  speech_end(1);
  EXPECT_EQ(counted(SessionEvent::kSpeechOutOfOrder), 2U);

  speech_start(1);
  const auto bad_frames = {std::string(),                    // DTX is the device's business
                           std::string(1277, '\x58'),        // longer than any packet
                           std::string("\x5b\x00", 2),       // no frames
                           std::string("\x5c\x01", 2),       // stereo
                           std::string("\x59\x01\x02", 3)};  // 120 ms
  for (const auto& opus : bad_frames) {
    envelope.mutable_audio_down()->set_turn(1);
    envelope.mutable_audio_down()->set_opus(opus);
    worker_says(envelope);
  }
  EXPECT_EQ(counted(SessionEvent::kWorkerBadFrame), 5U);

  run(1s);
  EXPECT_THAT(port_.device, ElementsAre("tts start"));
  EXPECT_FALSE(session_->over());
}

TEST_F(SessionTest, AFloodOfSpeechIsBounded) {
  open();
  speech_start(1);
  frames(1, 3000);
  EXPECT_EQ(counted(SessionEvent::kSpeechOverflow), 2000U);
  speech_end(1);
  run(70s);
  EXPECT_EQ(port_.datagrams.size(), 1000U);
  EXPECT_EQ(port_.device.back(), "tts stop");
}

TEST_F(SessionTest, AWorkerThatHangsInMidSpeechDoesNotHoldTheDeviceForEver) {
  open();
  speech_start(1);
  frames(1, 5);
  run(61s);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(port_.device.back(), "goodbye");
}

TEST_F(SessionTest, LiveFramesPassAtOnceUnlessPacedSpeechIsQueued) {
  open("realtime");
  const auto live = [this] {
    ipc::Envelope envelope;
    envelope.mutable_audio_down()->set_live(true);
    envelope.mutable_audio_down()->set_opus(std::string{static_cast<char>(kOpus60), 7, 7});
    worker_says(envelope);
  };
  for (int i = 0; i < 20; ++i) live();
  EXPECT_EQ(port_.datagrams.size(), 20U);
  EXPECT_THAT(port_.device, testing::IsEmpty());

  speech_start(1);
  live();  // a call: the device speaks, and nothing paced is queued
  EXPECT_EQ(port_.datagrams.size(), 21U);
  frames(1, 10);
  live();
  EXPECT_EQ(port_.datagrams.size(), 21U);
  EXPECT_EQ(counted(SessionEvent::kLiveBehindSpeech), 1U);
}

}  // namespace
}  // namespace earshot::gateway
