// One shard between devices and workers: real UDP, real channels, real time. Every wait ends with an event.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/base/startup_error.h"
#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {
namespace {

using fakes::ScriptedWorker;
using ipc::Envelope;

Envelope about(const TestDevice& device) {
  Envelope envelope;
  envelope.set_session(number(device.ssrc()));
  return envelope;
}

void speak(ScriptedWorker& worker, const TestDevice& device, std::uint32_t turn, int frames) {
  Envelope start = about(device);
  start.mutable_speech_start()->set_turn(turn);
  worker.send(start);
  Envelope sentence = about(device);
  sentence.mutable_sentence_start()->set_turn(turn);
  sentence.mutable_sentence_start()->set_sentence(1);
  sentence.mutable_sentence_start()->set_text("It is done.");
  worker.send(sentence);
  for (int i = 0; i < frames; ++i) {
    Envelope audio = about(device);
    audio.mutable_audio_down()->set_turn(turn);
    audio.mutable_audio_down()->set_sentence(1);
    audio.mutable_audio_down()->set_opus(std::string(as_text(opus_frame(static_cast<std::uint8_t>(i + 1)))));
    worker.send(audio);
  }
  Envelope end = about(device);
  end.mutable_speech_end()->set_turn(turn);
  worker.send(end);
}

TEST_F(GatewayTest, AnswersAHelloOnceAWorkerHasTheSession) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  TestDevice& device = add_device();
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kSessionOpen) == 1; }));
  const ipc::SessionOpen& open = worker.last(Envelope::kSessionOpen)->session_open();
  EXPECT_EQ(open.device_id(), device.client().device.text());
  EXPECT_EQ(open.uplink().sample_rate_hz(), 16000U);
  EXPECT_EQ(open.uplink().frame_duration_ms(), 60U);
  EXPECT_EQ(open.downlink().sample_rate_hz(), 24000U);
  EXPECT_TRUE(open.device_mcp());
  EXPECT_EQ(device.count("hello"), 0U) << "no worker has accepted yet";

  worker.send_opened(worker.last(Envelope::kSessionOpen)->session());
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 1; }));
  EXPECT_EQ(device.session_id(), open.session_id());
  EXPECT_EQ(number(device.ssrc()), worker.last(Envelope::kSessionOpen)->session());
  EXPECT_EQ(stats().sessions, 1U);
}

TEST_F(GatewayTest, CarriesTheDevicesSpeechDecryptedToTheWorker) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  for (std::uint8_t i = 1; i <= 10; ++i) device.send_audio(opus_frame(i));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kAudioUp) == 11; }));
  EXPECT_EQ(worker.count(Envelope::kListen), 1U);
  std::uint32_t expected = 0;
  for (const auto& envelope : worker.received()) {
    if (!envelope.has_audio_up()) continue;
    EXPECT_EQ(envelope.session(), number(device.ssrc()));
    EXPECT_EQ(envelope.audio_up().opus(), as_text(opus_frame(static_cast<std::uint8_t>(expected))));
    EXPECT_EQ(envelope.audio_up().sequence(), ++expected);
  }
}

TEST_F(GatewayTest, PacesTheWorkersSpeechInOrderAndReportsWhatWasHeard) {
  constexpr int kFrames = 12;
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  speak(worker, device, 1, kFrames);
  ASSERT_TRUE(run_until([&] { return device.count("tts stop") == 1; }));

  std::vector<std::string> expected{"hello", "tts start", "tts sentence_start"};
  expected.insert(expected.end(), kFrames, "audio");
  expected.emplace_back("tts stop");
  std::vector<SteadyTime> arrivals;
  std::uint8_t tag = 0;
  for (const auto& event : device.events()) {
    if (event.what != "audio") continue;
    EXPECT_EQ(event.audio, opus_frame(++tag));
    arrivals.push_back(event.when);
  }
  EXPECT_EQ(device.order(), expected);
  ASSERT_EQ(arrivals.size(), static_cast<std::size_t>(kFrames));
  // Never further ahead than the lead: the device's queue is short (device-protocol 7.3).
  for (int i = 6; i < kFrames; ++i) {
    EXPECT_GE(arrivals[static_cast<std::size_t>(i)] - arrivals[0], Milliseconds((i - 5) * 60 - 50)) << i;
  }

  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kPlayoutReport) == 3; }));
  const auto& report = worker.last(Envelope::kPlayoutReport)->playout_report();
  EXPECT_EQ(report.event(), ipc::PlayoutReport::kFinished);
  EXPECT_EQ(report.frames_played(), static_cast<std::uint32_t>(kFrames));
}

TEST_F(GatewayTest, AnAbortSilencesAtOnceAndReachesTheWorker) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  speak(worker, device, 1, 200);
  ASSERT_TRUE(run_until([&] { return device.count("audio") >= 3; }));
  device.say(R"({"session_id":")" + device.session_id() + R"(","type":"abort"})");
  ASSERT_TRUE(
      run_until([&] { return device.count("tts stop") == 1 && worker.count(Envelope::kAbort) == 1; }));
  const auto heard = counter("downlink_frame");
  device.say_goodbye();
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kSessionClose) == 1; }));
  EXPECT_EQ(counter("downlink_frame"), heard);
  EXPECT_LT(heard, 50U);
}

TEST_F(GatewayTest, TriesASecondWorkerWhenTheFirstDoesNotAnswer) {
  config_.placement.open_timeout = Milliseconds(100);
  start_shard();
  ScriptedWorker& silent = add_worker("w1");
  TestDevice& device = add_device();
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return silent.count(Envelope::kSessionOpen) == 1; }));
  ScriptedWorker& second = add_worker("w2");
  second.accept_sessions();
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 1; }));
  EXPECT_EQ(second.count(Envelope::kSessionOpen), 1U);
  ASSERT_TRUE(run_until([&] { return silent.count(Envelope::kSessionClose) == 1; }));
}

TEST_F(GatewayTest, TellsTheDeviceWhenNobodyTakesTheSession) {
  config_.placement = {
      .open_timeout = Milliseconds(30), .total_timeout = Milliseconds(80), .pause = Milliseconds(10)};
  start_shard();
  TestDevice& device = add_device();
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return device.count("alert") == 1; }));
  EXPECT_EQ(device.count("hello"), 0U);
  EXPECT_EQ(stats().sessions, 0U);
}

TEST_F(GatewayTest, ARepeatedHelloReplacesTheSessionWithNewKeys) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  const std::string first_session = device.session_id();
  const Ssrc first_ssrc = device.ssrc();
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 2; }));
  EXPECT_NE(device.session_id(), first_session);
  EXPECT_NE(device.ssrc(), first_ssrc);
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kSessionClose) == 1; }));
  EXPECT_EQ(worker.last(Envelope::kSessionClose)->session(), number(first_ssrc));
  EXPECT_EQ(stats().sessions, 1U);
  device.send_audio(opus_frame(9));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kAudioUp) == 2; }));
  EXPECT_EQ(worker.last(Envelope::kAudioUp)->session(), number(device.ssrc()));
}

TEST_F(GatewayTest, AMessageOfAnUnknownSessionIsAnsweredWithGoodbyeForIt) {
  start_shard();
  TestDevice& device = add_device();
  device.say(R"({"session_id":"from-before-a-restart","type":"listen","state":"start","mode":"auto"})");
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1; }));
  EXPECT_EQ(json::find_string(device.events().front().message, "session_id"), "from-before-a-restart");
}

TEST_F(GatewayTest, ADeadWorkerEndsItsSessionsWithGoodbye) {
  start_shard();
  ScriptedWorker& first = add_worker("w1");
  first.accept_sessions();
  TestDevice& device = talking_device();
  first.close();
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1; }));
  EXPECT_EQ(stats().sessions, 0U);
  add_worker("w2").accept_sessions();
  device.say_hello();
  EXPECT_TRUE(run_until([&] { return device.count("hello") == 2; }));
}

TEST_F(GatewayTest, GoingOfflineDoesNotEndTheSession) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  shard_->proxy().post_presence(device.client(), false);
  device.send_audio(opus_frame(1));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kAudioUp) == 2; }));
  EXPECT_EQ(counter("presence_offline"), 1U);
  EXPECT_EQ(stats().sessions, 1U);
}

TEST_F(GatewayTest, AWorkersNonsenseIsCountedAndHarmsNoOtherSession) {
  start_shard();
  ScriptedWorker& good = add_worker("w1");
  good.accept_sessions();
  TestDevice& device = talking_device();
  ScriptedWorker& bad = add_worker("w2");
  for (int i = 0; i < 50; ++i) {
    Envelope foreign = about(device);  // another worker's session
    foreign.mutable_stt()->set_text("stolen");
    bad.send(foreign);
    Envelope wrong_way;
    wrong_way.mutable_audio_up();
    bad.send(wrong_way);
  }
  ASSERT_TRUE(run_until([&] { return counter("worker_wrong_direction") == 50; }));
  EXPECT_EQ(counter("worker_unknown_session"), 50U);
  EXPECT_EQ(device.count("stt"), 0U);

  Envelope not_mcp = about(device);
  not_mcp.mutable_mcp_down()->set_payload("{not json");
  good.send(not_mcp);
  Envelope not_opus = about(device);
  not_opus.mutable_audio_down()->set_opus(std::string(1385, 'x'));
  good.send(not_opus);
  ASSERT_TRUE(run_until([&] { return counter("worker_bad_audio") == 1; }));
  EXPECT_EQ(counter("worker_bad_mcp"), 1U);

  Envelope stt = about(device);
  stt.mutable_stt()->set_text("hello");
  good.send(stt);
  EXPECT_TRUE(run_until([&] { return device.count("stt") == 1; }));
  EXPECT_EQ(device.count("mcp"), 0U);
}

TEST_F(GatewayTest, FloodsOfGarbageAreCountedAndHarmNoOtherSession) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  TestDevice& attacker = add_device();

  std::mt19937 random(11);
  std::uint64_t sent = 0;
  const auto dropped = [&] {
    std::uint64_t sum = 0;
    for (const auto& [name, value] : stats().counters) {
      if (name.starts_with("datagram_")) sum += value;
    }
    return sum;
  };
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) {
      Bytes garbage(random() % 200);
      for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random());
      if (i % 2 == 0 && garbage.size() >= kAudioHeaderBytes) {
        // Well formed, of nobody's session.
        garbage[0] = kAudioPacketType;
        store_be16(garbage.data() + 2, static_cast<std::uint16_t>(garbage.size() - kAudioHeaderBytes));
        store_be32(garbage.data() + 4, number(device.ssrc()) + 1 + static_cast<std::uint32_t>(i));
      }
      attacker.send_raw(garbage);
      ++sent;
    }
    ASSERT_TRUE(run_until([&] { return dropped() == sent; })) << dropped() << " of " << sent;
  }
  EXPECT_GE(counter("datagram_unknown_session"), 500U);

  const std::vector<std::string> messages = {"",
                                             "not json",
                                             "[1,2,3]",
                                             "{}",
                                             R"({"type":5})",
                                             R"({"type":"hello"})",
                                             R"({"type":"nobody-knows"})",
                                             R"({"type":"hello","audio_params":5})"};
  for (std::uint64_t round = 1; round <= 20; ++round) {  // no faster than they are handled: each is counted
    for (const auto& message : messages) attacker.say(message);
    ASSERT_TRUE(run_until([&] { return counter("control_no_type") == 2 * round; }));
  }
  attacker.say(std::string(128 * 1024, '{'));
  ASSERT_TRUE(run_until([&] { return counter("control_too_large") == 1; }));
  EXPECT_GE(counter("control_not_json"), 40U);
  EXPECT_GE(counter("control_no_type"), 20U);

  device.send_audio(opus_frame(1));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kAudioUp) == 2; }));
  speak(worker, device, 1, 3);
  EXPECT_TRUE(run_until([&] { return device.count("tts stop") == 1; }));
}

std::string nested_answer(const std::string& session, int id, int arrays) {
  std::string text = R"({"session_id":")" + session + R"(","type":"mcp","payload":{"jsonrpc":"2.0","id":)" +
                     std::to_string(id) + R"(,"result":{"x":[[])";
  for (int i = 1; i < arrays; ++i) text += ",[]";
  return text + "]}}}";
}

// One device without a broker before it that would limit it: whatever it says, as fast as the shard takes it.
class Flood {
 public:
  Flood(Shard& shard, const TestDevice& device)
      : thread_([this, &shard, client = device.client(), session = device.session_id()] {
          const std::vector<std::string> messages{
              R"({"type":"hello","version":3,"transport":"udp","audio_params":)"
              R"({"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})",
              nested_answer(session, 5, 20'000),
              R"({"session_id":")" + session + R"(","type":"listen","state":"start","mode":"auto"})",
              nested_answer("", 6, 20'000), "{\"a\":["};
          while (!stop_) {
            for (const std::string& message : messages) {
              shard.proxy().post_control(client, message, std::chrono::steady_clock::now());
              shard.proxy().post_presence(client, false);
              shard.proxy().post_presence(client, true);
            }
          }
        }) {}
  ~Flood() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(GatewayTest, OneDevicesFloodTakesNobodysSpeechSessionOrHello) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& flooder = talking_device();
  TestDevice& listener = talking_device();
  TestDevice& newcomer = add_device();
  constexpr std::size_t kFrames = 40;
  {
    const Flood flood(*shard_, flooder);
    speak(worker, listener, 1, kFrames);
    newcomer.say_hello();
    EXPECT_TRUE(run_until([&] { return newcomer.count("hello") == 1; }));
    EXPECT_TRUE(run_until([&] { return listener.count("tts stop") == 1; }));
  }
  EXPECT_EQ(listener.count("audio"), kFrames);
  EXPECT_EQ(listener.count("goodbye"), 0U);
  EXPECT_TRUE(worker.connected());
  EXPECT_GT(counter("control_of_device_dropped"), 0U);
  EXPECT_GT(counter("hello_too_often"), 0U);
  EXPECT_GT(counter("control_too_much"), 0U);
  SteadyTime last{};
  Milliseconds longest{0};
  for (const TestDevice::Event& event : listener.events()) {
    if (event.what != "audio") continue;
    if (last != SteadyTime{})
      longest = std::max(longest, std::chrono::duration_cast<Milliseconds>(event.when - last));
    last = event.when;
  }
  EXPECT_LT(longest.count(), 1000) << "60 ms each; the rest is a sanitised build on a busy machine";
}

TEST_F(GatewayTest, HellosBeyondADevicesBudgetAreNotAnsweredAndAnothersAre) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& flooder = add_device();
  for (int i = 0; i < 50; ++i) flooder.say_hello();
  TestDevice& other = add_device();
  other.say_hello();
  ASSERT_TRUE(run_until([&] { return other.count("hello") == 1; }));
  ASSERT_TRUE(run_until([&] { return counter("hello_too_often") >= 40; }));
  ASSERT_TRUE(run_until([&] { return flooder.count("hello") > 0; }));
  EXPECT_LE(worker.count(Envelope::kSessionOpen), 10U) << "five at once, one a second, and the other's";
}

TEST_F(GatewayTest, MessagesBeyondADevicesBudgetAreNotRead) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  for (std::uint64_t i = 1; i <= 10; ++i) {
    device.say(nested_answer(device.session_id(), 5, 20'000));
    ASSERT_TRUE(run_until([&] { return counter("mcp_reply_unknown") + counter("control_too_much") == i; }));
  }
  EXPECT_GE(counter("mcp_reply_unknown"), 4U);
  EXPECT_EQ(worker.count(Envelope::kMcpUp), 0U) << "nobody had asked";
  EXPECT_GE(counter("control_too_much"), 3U) << "one a second is taken meanwhile";
}

TEST_F(GatewayTest, ADoctorsQuestionIsAnsweredAndAForgedOneIsMetWithSilence) {
  auth::PathProbeResponder issuer(Secret("of this process"));
  config_.mqtt_udp.path_probe = Secret("of this process");
  start_shard();
  const auto ticket = issuer.ticket(std::chrono::steady_clock::now());
  const auth::PathProbeNonce nonce{1, 2, 3};
  auto question = auth::path_probe_question(ticket, nonce);
  asio::ip::udp::socket socket(io_, asio::ip::udp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  const asio::ip::udp::endpoint shard(asio::ip::make_address("127.0.0.1"), shard_->udp_port());
  std::array<std::uint8_t, 100> answer{};
  std::size_t answer_bytes = 0;
  socket.async_receive(asio::buffer(answer), [&](error_code, std::size_t bytes) { answer_bytes = bytes; });

  question.back() ^= 1;
  socket.send_to(asio::buffer(question), shard);
  ASSERT_TRUE(run_until([&] { return counter("datagram_wrong_type") == 1; }));
  EXPECT_EQ(answer_bytes, 0u);
  question.back() ^= 1;
  socket.send_to(asio::buffer(question), shard);
  ASSERT_TRUE(run_until([&] { return answer_bytes > 0; }));
  EXPECT_TRUE(auth::is_path_probe_answer(ByteView(answer).first(answer_bytes), ticket, nonce));
  EXPECT_EQ(counter("path_probe"), 1u);
}

TEST_F(GatewayTest, AStopSaysGoodbyeToDevicesAndWorkersAndLeavesNoFile) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  shard_->stop();
  ASSERT_TRUE(run_until([&] { return device.count("goodbye") == 1 && worker.closed(); }));
  EXPECT_EQ(worker.count(Envelope::kSessionClose), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "run"));
}

TEST_F(GatewayTest, AHelloBehindTheStopOpensNothing) {
  start_shard();
  ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = add_device();
  shard_->request_stop();
  device.say_hello();
  shard_->stop();
  ASSERT_TRUE(run_until([&] { return worker.closed(); }));
  EXPECT_EQ(worker.count(Envelope::kSessionOpen), 0U);
}

TEST_F(GatewayTest, DropsControlMessagesBeyondTheQueuesBound) {
  shard_ = std::make_unique<Shard>(config_, transport_);  // not started: nothing leaves the queue
  TestDevice& device = add_device();
  for (std::size_t i = 0; i < ShardProxy::kMaxPendingControl + 10; ++i) device.say("{}");
  EXPECT_EQ(shard_->proxy().control_dropped(), 10U);
}

TEST_F(GatewayTest, ABusyUdpPortIsAStartupError) {
  start_shard();
  ShardConfig second = config_;
  second.mqtt_udp.port = shard_->udp_port();
  second.worker_endpoint = *ipc::parse_endpoint("unix:" + (folder_ / "other.sock").string());
  try {
    const Shard refused(second, transport_);
    FAIL() << "two shards on one port";
  } catch (const StartupError& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kBind);
  }
}

}  // namespace
}  // namespace earshot::gateway
