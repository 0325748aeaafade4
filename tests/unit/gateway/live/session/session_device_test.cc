// The session as the device sees it: hello, listening, interruption, goodbye, audio.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(SessionTest, AnswersTheHelloOnlyWhenAWorkerTookIt) {
  EXPECT_THAT(port_.device, IsEmpty());
  session_->opened(WorkerLeg(port_), now_);
  ASSERT_THAT(port_.device, ElementsAre("hello"));
  EXPECT_THAT(port_.device_json[0], HasSubstr(key_.reveal_hex()));
  EXPECT_THAT(port_.device_json[0], HasSubstr("010000001a2b3c4d0000000000000000"));
  session_->opened(WorkerLeg(port_), now_);
  EXPECT_EQ(port_.device.size(), 1U) << "a second hello would reset the device's counters";
}

TEST_F(SessionTest, TellsTheDeviceWhenNoWorkerTakesIt) {
  session_->refused(now_);
  EXPECT_THAT(port_.device, ElementsAre("alert"));
  EXPECT_TRUE(session_->over());
  session_->opened(WorkerLeg(port_), now_);
  EXPECT_THAT(port_.device, ElementsAre("alert")) << "too late";
}

TEST_F(SessionTest, AsksAWorkerWithEverythingItNeeds) {
  make({.sample_rate_hz = 48000, .frame_duration = 20ms, .mcp = true, .aec = true});
  const auto envelope = session_->open_request();
  const auto& open = envelope.session_open();
  EXPECT_EQ(envelope.session(), 0x1a2b3c4dU);
  EXPECT_EQ(open.session_id(), "5e55");
  EXPECT_EQ(open.device_id(), "aa:bb:cc:dd:ee:ff");
  EXPECT_EQ(open.uplink().sample_rate_hz(), 48000U);
  EXPECT_EQ(open.uplink().frame_duration_ms(), 20U);
  EXPECT_EQ(open.downlink().sample_rate_hz(), 24000U);
  EXPECT_EQ(open.downlink().frame_duration_ms(), 60U);
  EXPECT_TRUE(open.device_mcp());
  EXPECT_TRUE(open.device_aec());
  EXPECT_EQ(open.language(), "en");
}

TEST_F(SessionTest, TellsAWorkerWhetherThereIsAMemory) {
  for (const bool keeps : {true, false}) {
    config_.keeps_memory = keeps;
    EXPECT_EQ(session_->open_request().session_open().keeps_memory(), keeps);
  }
}

TEST_F(SessionTest, IsSpeechlessUntilItKnowsWhereTheSoundGoes) {
  EXPECT_EQ(session_->say("s1", "Dinner is ready.", now_), SayVerdict::kNotYet) << "no worker yet";
  session_->opened(WorkerLeg(port_), now_);
  listen_start("auto");
  port_.clear();
  EXPECT_EQ(session_->say("s1", "Dinner is ready.", now_), SayVerdict::kNotYet)
      << "the microphone is still warming up";
  EXPECT_THAT(port_.worker, IsEmpty());
  uplink();
  EXPECT_EQ(session_->say("s1", "Dinner is ready.", now_), SayVerdict::kTaken);
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].say().text(), "Dinner is ready.");
}

TEST_F(SessionTest, HandsListenAndWhatItsToolsSayToTheWorker) {
  session_->opened(WorkerLeg(port_), now_);
  listen_start("manual");
  device_says(R"({"session_id":"5e55","type":"listen","state":"stop"})");
  device_says(R"({"session_id":"5e55","type":"listen","state":"detect","text":"turn it up"})");
  session_->tools_say(R"({"jsonrpc":"2.0","id":1,"result":{}})");
  ASSERT_EQ(port_.worker.size(), 4U);
  EXPECT_EQ(port_.worker[0].session(), 0x1a2b3c4dU);
  EXPECT_EQ(port_.worker[0].listen().state(), ipc::Listen::kStart);
  EXPECT_EQ(port_.worker[0].listen().mode(), ipc::Listen::kManual);
  EXPECT_EQ(port_.worker[1].listen().state(), ipc::Listen::kStop);
  EXPECT_EQ(port_.worker[2].listen().state(), ipc::Listen::kDetect);
  EXPECT_EQ(port_.worker[2].listen().text(), "turn it up");
  EXPECT_EQ(port_.worker[3].mcp_up().payload(), R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_F(SessionTest, CountsAListenStartOfAnUnknownMode) {
  open();
  listen_start("wake");
  EXPECT_EQ(port_.worker.at(0).listen().mode(), ipc::Listen::kAuto);
  EXPECT_EQ(counted(SessionEvent::kControlUnknownMode), 1U);
}

TEST_F(SessionTest, ForwardsAudioEvenBeforeListen) {
  session_->opened(WorkerLeg(port_), now_);
  uplink();
  ASSERT_EQ(port_.worker_audio.size(), 1U);
  const auto& audio = port_.worker_audio[0].audio_up();
  EXPECT_EQ(to_hex(as_bytes(audio.opus())), "58010203");
  EXPECT_EQ(audio.sequence(), 1U);
  EXPECT_EQ(audio.arrival_us(), 3'600'000'000U);
  EXPECT_EQ(leg_->peer(), kDeviceAddress);
}

TEST_F(SessionTest, IgnoresAudioAndControlBeforeItIsOpen) {
  uplink();
  listen_start("auto");
  speech_start(1);
  EXPECT_THAT(port_.both, IsEmpty());
  EXPECT_THAT(port_.worker_audio, IsEmpty());
  EXPECT_EQ(counted(SessionEvent::kDatagramBeforeOpen), 1U);
  EXPECT_EQ(counted(SessionEvent::kControlBeforeOpen), 1U);
  EXPECT_EQ(counted(SessionEvent::kWorkerBeforeOpen), 1U);
}

TEST_F(SessionTest, DropsTheUplinkWhileSpeakingUnlessRealtime) {
  for (const std::string mode : {"auto", "manual", "realtime"}) {
    make({});
    up_sequence_ = 0;
    open(mode);
    speech_start(1);
    uplink();
    EXPECT_EQ(port_.worker_audio.size(), mode == "realtime" ? 1U : 0U) << mode;
    speech_flush(1);
    uplink();
    EXPECT_EQ(port_.worker_audio.size(), mode == "realtime" ? 2U : 1U) << mode;
  }
  EXPECT_EQ(counted(SessionEvent::kUplinkWhileSpeaking), 2U);
}

TEST_F(SessionTest, AbortSilencesStopsAndThenTellsTheWorker) {
  open();
  speech_start(1);
  frames(1, 50);
  run(1s);
  port_.clear();

  device_says(R"({"session_id":"5e55","type":"abort","reason":"wake_word_detected"})");
  run(5s);

  EXPECT_THAT(port_.both, ElementsAre("> tts stop", "< kFlushed", "< abort"));
  EXPECT_EQ(port_.worker.back().abort().reason(), "wake_word_detected");
  const auto& report = port_.worker[0].playout_report();
  EXPECT_EQ(report.turn(), 1U);
  EXPECT_EQ(report.frames_played(), 15U);  // from 90 ms (guard) to 1 s
}

TEST_F(SessionTest, AbortAlwaysGetsATtsStop) {
  open();
  device_says(R"({"session_id":"5e55","type":"abort"})");
  EXPECT_THAT(port_.both, ElementsAre("> tts stop", "< abort"));
}

TEST_F(SessionTest, StaleSpeechAfterAnAbortIsNotHeard) {
  open();
  speech_start(1);
  frames(1, 5);
  run(100ms);
  device_says(R"({"session_id":"5e55","type":"abort"})");
  port_.clear();
  frames(1, 5);
  sentence(1, 2, "late");
  speech_end(1);
  run(2s);
  EXPECT_THAT(port_.both, IsEmpty());
  EXPECT_EQ(counted(SessionEvent::kSpeechStale), 7U);
}

TEST_F(SessionTest, ListenStartWhileSpeakingInterrupts) {
  for (const std::string mode : {"auto", "manual"}) {
    make({});
    up_sequence_ = 0;
    open(mode);
    speech_start(1);
    frames(1, 30);
    run(500ms);
    port_.clear();
    listen_start(mode);
    EXPECT_THAT(port_.both, ElementsAre("> tts stop", "< kFlushed", "< listen")) << mode;
  }
}

TEST_F(SessionTest, ListenStartThatCrossedOurStartDoesNotInterruptInAutoMode) {
  open("auto");
  speech_start(2);
  now_ += 30ms;  // the device said it when the turn before had drained
  listen_start("auto");
  EXPECT_TRUE(session_->speaking());
  EXPECT_THAT(port_.both, ElementsAre("> tts start", "< kStarted", "< listen"));
}

TEST_F(SessionTest, InManualModeAPressAlwaysInterrupts) {
  open("manual");
  speech_start(2);
  now_ += 30ms;
  listen_start("manual");
  EXPECT_FALSE(session_->speaking());
}

TEST_F(SessionTest, ListenStartInRealtimeDoesNotInterrupt) {
  open("realtime");
  speech_start(1);
  frames(1, 30);
  run(500ms);
  listen_start("realtime");
  EXPECT_TRUE(session_->speaking());
}

TEST_F(SessionTest, DeviceGoodbyeEndsItWithoutAnAnswer) {
  open();
  device_says(R"({"session_id":"5e55","type":"goodbye"})");
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(port_.both, IsEmpty());
}

TEST_F(SessionTest, DeviceGoodbyeEndsItWhileOpeningToo) {
  device_says(R"({"session_id":"5e55","type":"goodbye"})");
  EXPECT_TRUE(session_->over());
}

TEST_F(SessionTest, CloseSaysGoodbyeWithTheSessionId) {
  open();
  session_->close("shutdown", now_);
  EXPECT_THAT(port_.both, ElementsAre("> goodbye"));
  EXPECT_THAT(port_.device_json[0], HasSubstr(R"("session_id":"5e55")"));
  EXPECT_EQ(session_->end_reason(), "shutdown");
}

TEST_F(SessionTest, ANewHelloEndsItTowardsTheWorkerOnly) {
  open();
  speech_start(1);
  frames(1, 3);
  run(200ms);
  port_.clear();
  session_->replaced(now_);
  EXPECT_THAT(port_.both, ElementsAre("< kFlushed"));
}

TEST_F(SessionTest, ALostWorkerMeansGoodbye) {
  open();
  speech_start(1);
  frames(1, 30);
  run(300ms);
  port_.clear();
  session_->worker_lost(now_);
  run(3s);
  EXPECT_THAT(port_.both, ElementsAre("> goodbye"));
  EXPECT_EQ(counted(SessionEvent::kWorkerLost), 1U);
}

TEST_F(SessionTest, OnceOverNothingMovesAnyMore) {
  open();
  session_->close("shutdown", now_);
  port_.clear();
  uplink();
  listen_start("auto");
  speech_start(1);
  session_->tick(now_ + 1h);
  session_->worker_lost(now_);
  session_->replaced(now_);
  session_->close("again", now_);
  EXPECT_THAT(port_.both, IsEmpty());
  EXPECT_EQ(session_->next_deadline(), std::nullopt);
  EXPECT_EQ(session_->end_reason(), "shutdown");
}

TEST_F(SessionTest, EndsAnIdleTalkThoughAudioKeepsComing) {
  open();
  for (int i = 0; i < 1100 && !session_->over(); ++i) {
    uplink();
    run(60ms);
  }
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(counted(SessionEvent::kIdleEnded), 1U);
  EXPECT_THAT(port_.device, ElementsAre("goodbye"));
}

TEST_F(SessionTest, AToolAnswerIsNoActivityButSpeechIs) {
  open();
  stream(50s);
  session_->tools_say("{}");
  ipc::Envelope stt;
  stt.mutable_stt()->set_text("hello");
  worker_says(stt);
  stream(59s);
  EXPECT_FALSE(session_->over());
  session_->tools_say("{}");
  stream(2s);
  EXPECT_TRUE(session_->over());
}

TEST_F(SessionTest, ALongSpeechIsNotIdle) {
  open();
  speech_start(1);
  frames(1, 1000);
  run(59s);
  frames(1, 900);
  run(54s);
  EXPECT_FALSE(session_->over());
}

TEST_F(SessionTest, WhoSpeaksIsNotIdle) {
  open();
  ipc::Envelope speaks;
  speaks.mutable_user_speaks();
  for (int i = 0; i < 100; ++i) {
    worker_says(speaks);
    stream(1s);
  }
  EXPECT_FALSE(session_->over());
  stream(61s);
  EXPECT_TRUE(session_->over());
}

TEST_F(SessionTest, WhoHoldsTheKeyIsNotIdleButAStuckKeyIs) {
  open("manual");
  for (int i = 0; i < 1900; ++i) {
    uplink();
    run(60ms);
  }
  EXPECT_FALSE(session_->over()) << "114 s";
  for (int i = 0; i < 1200 && !session_->over(); ++i) {
    uplink();
    run(60ms);
  }
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(counted(SessionEvent::kIdleEnded), 1U);
}

TEST_F(SessionTest, AReleasedKeyKeepsNothingAlive) {
  open("manual");
  device_says(R"({"session_id":"5e55","type":"listen","state":"stop"})");
  for (int i = 0; i < 1100 && !session_->over(); ++i) {
    uplink();
    run(60ms);
  }
  EXPECT_TRUE(session_->over());
}

TEST_F(SessionTest, TellsTheTimestampThatATurnBeginsWith) {
  open("realtime");
  for (std::uint32_t turn = 1; turn <= 2; ++turn) {
    port_.clear();
    speech_start(turn);
    frames(turn, 3);
    run(1s);
    ASSERT_EQ(port_.datagrams.size(), 3U);
    const Bytes& first = port_.datagrams.front().second;
    EXPECT_EQ(port_.worker.front().playout_report().event(), ipc::PlayoutReport::kStarted);
    EXPECT_EQ(port_.worker.front().playout_report().timestamp(),
              std::uint32_t{first[8]} << 24 | std::uint32_t{first[9]} << 16 | std::uint32_t{first[10]} << 8 |
                  first[11]);
    EXPECT_EQ(port_.worker.front().playout_report().timestamp(), (turn - 1) * 180 + 60);
    speech_end(turn);
    run(1s);
  }
}

TEST_F(SessionTest, KnownOddTypesAreIgnoredAndUnknownOnesCounted) {
  open();
  device_says(R"({"session_id":"5e55","type":"iot","update":true})");
  device_says(R"({"type":"ping"})");
  EXPECT_EQ(counted(SessionEvent::kControlUnknownType), 0U);
  device_says(R"({"session_id":"5e55","type":"udp_timeout"})");
  EXPECT_EQ(counted(SessionEvent::kControlUnknownType), 1U);
  EXPECT_THAT(port_.both, IsEmpty());
}

TEST_F(SessionTest, TheReplyIsNotSentElsewhereWhileTheDeviceIsSilentByProtocol) {
  constexpr UdpAddress kElsewhere{kDeviceAddress.ip, 4001};
  open();
  for (int i = 0; i < 10; ++i) uplink();
  speech_start(1);
  frames(1, 40);
  run(1s);
  ASSERT_TRUE(session_->speaking());
  for (int i = 0; i < 30; ++i) {
    uplink(kElsewhere);
    run(10ms);
  }
  EXPECT_EQ(leg_->peer(), kDeviceAddress);
  speech_end(1);
  run(5s);
  ASSERT_FALSE(session_->speaking());
  for (int i = 0; i < 30; ++i) uplink(kElsewhere);
  EXPECT_EQ(leg_->peer(), kDeviceAddress) << "it has not said yet that it listens again";
  listen_start("auto");
  run(PeerAddress::kSilence);
  uplink(kElsewhere);
  EXPECT_EQ(leg_->peer(), kElsewhere);
}

TEST_F(SessionTest, ARealtimeDeviceSendsWhileItIsSpokenTo) {
  constexpr UdpAddress kElsewhere{kDeviceAddress.ip, 4001};
  open("realtime");
  for (int i = 0; i < 10; ++i) uplink();
  speech_start(1);
  frames(1, 40);
  run(2s);
  ASSERT_TRUE(session_->speaking());
  for (int i = 0; i < PeerAddress::kProofs; ++i) uplink(kElsewhere);
  EXPECT_EQ(leg_->peer(), kElsewhere);
}

// It streams while it listens, so it lost its power or its network.
TEST_F(SessionTest, ADeviceThatFellSilentGetsAGoodbyeAndNoSpeech) {
  open();
  run(19s);
  EXPECT_FALSE(session_->over());
  uplink();
  run(19s);
  EXPECT_FALSE(session_->over());
  run(2s);
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(port_.device, ElementsAre("goodbye"));
  EXPECT_EQ(counted(SessionEvent::kDeviceSilent), 1U);
}

TEST_F(SessionTest, ADeviceMayBeSilentWhileItSpeaksOrSentNothingEver) {
  open();
  speech_start(1);
  sentence(1, 1, "A long story.");
  frames(1, 500);
  run(25s);
  EXPECT_FALSE(session_->over());
  make({.mcp = true});
  session_->opened(WorkerLeg(port_), now_);
  listen_start("auto");
  run(40s);
  EXPECT_FALSE(session_->over()) << "a client without a microphone types";
}

}  // namespace
}  // namespace earshot::gateway
