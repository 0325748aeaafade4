// A session with a device and a worker that write down what they get, in virtual time.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

using namespace std::chrono_literals;

inline constexpr std::uint8_t kOpus60 = 11 << 3;  // TOC: one frame of 60 ms, mono
inline constexpr UdpAddress kDeviceAddress{0xC0000201, 4000};

class RecordingPort final : public MqttUdpPort, public WorkerPort {
 public:
  void send_control(std::string_view, std::string_view json) override {
    const auto parsed = json::parse_object(json, 64 * 1024).value();
    std::string brief(json::find_string(parsed, "type").value());
    if (const auto state = json::find_string(parsed, "state")) brief += " " + std::string(*state);
    device.push_back(brief);
    device_json.emplace_back(json);
    both.push_back("> " + brief);
  }
  void send_datagram(UdpAddress to, ByteView datagram) override {
    datagrams.emplace_back(to, Bytes(datagram.begin(), datagram.end()));
    both.emplace_back("> audio");
  }
  void leg_gone(Ssrc) override {}
  void send(const ipc::Envelope& envelope) override {
    worker.push_back(envelope);
    both.push_back("< " + brief(envelope));
  }
  void send_audio(const ipc::Envelope& envelope) override { worker_audio.push_back(envelope); }

  static std::string brief(const ipc::Envelope& envelope) {
    if (envelope.has_playout_report()) {
      return ipc::PlayoutReport::Event_Name(envelope.playout_report().event());
    }
    const auto* body = envelope.GetDescriptor()->FindFieldByNumber(envelope.body_case());
    return body == nullptr ? "none" : body->name();
  }
  void clear() { *this = RecordingPort{}; }

  std::vector<std::string> device;  // type and state of each message
  std::vector<std::string> device_json;
  std::vector<std::pair<UdpAddress, Bytes>> datagrams;
  std::vector<ipc::Envelope> worker;
  std::vector<ipc::Envelope> worker_audio;
  std::vector<std::string> both;  // control and sound to the device (>), control to the worker (<), in order
};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() { make({.mcp = true}); }

  void make(const DeviceHello& hello) {
    const SessionIdentity identity{Ssrc{0x1a2b3c4d}, SessionId{"5e55"},
                                   DeviceId::parse("aa:bb:cc:dd:ee:ff").value(), "en"};
    auto leg = std::make_unique<MqttUdpLeg>(port_, counters_, scratch_, announcement_, identity, "GID@@@aa",
                                            key_, hello, config_.playout.frame_duration, now_);
    leg_ = leg.get();
    session_ = std::make_unique<Session>(counters_, config_, identity, hello, std::move(leg), memory_, now_);
  }
  // A worker took it, the device listens, its address is known, and what was said so far is forgotten.
  void open(const std::string& mode = "auto") {
    session_->opened(WorkerLeg(port_), now_);
    now_ += 50ms;
    listen_start(mode);
    uplink();
    port_.clear();
  }

  // The device.
  void device_says(const std::string& json) {
    const auto parsed = parse_control_message(json);
    ASSERT_EQ(parsed.verdict, ControlVerdict::kGood) << json;
    session_->told(parsed.message, now_);
  }
  void listen_start(const std::string& mode) {
    device_says(R"({"session_id":"5e55","type":"listen","state":"start","mode":")" + mode + R"("})");
  }
  void uplink(UdpAddress from = kDeviceAddress) {
    const Bytes opus{kOpus60, 1, 2, 3};
    AudioHeader header;
    header.payload_bytes = static_cast<std::uint16_t>(opus.size());
    header.ssrc = session_->ssrc();
    header.sequence = ++up_sequence_;
    const auto bytes = build_audio_header(header);
    Bytes datagram(bytes.begin(), bytes.end());
    datagram.resize(bytes.size() + opus.size());
    AudioCipher(key_).apply(bytes, opus, std::span(datagram).subspan(bytes.size()));
    const auto parsed = parse_audio_packet(datagram);
    leg_->datagram(*session_, parsed.packet, from, now_);
  }

  // The worker.
  void worker_says(ipc::Envelope envelope) {
    envelope.set_session(number(session_->ssrc()));
    session_->envelope(envelope, now_);
  }
  void speech_start(std::uint32_t turn) {
    ipc::Envelope envelope;
    envelope.mutable_speech_start()->set_turn(turn);
    worker_says(envelope);
  }
  void sentence(std::uint32_t turn, std::uint32_t number, const std::string& text) {
    ipc::Envelope envelope;
    envelope.mutable_sentence_start()->set_turn(turn);
    envelope.mutable_sentence_start()->set_sentence(number);
    envelope.mutable_sentence_start()->set_text(text);
    worker_says(envelope);
  }
  void frames(std::uint32_t turn, int count) {
    for (int i = 0; i < count; ++i) {
      ipc::Envelope envelope;
      envelope.mutable_audio_down()->set_turn(turn);
      const std::array<char, 4> opus{static_cast<char>(kOpus60), 4, 5, 6};
      envelope.mutable_audio_down()->set_opus(opus.data(), opus.size());
      worker_says(envelope);
    }
  }
  void speech_end(std::uint32_t turn) {
    ipc::Envelope envelope;
    envelope.mutable_speech_end()->set_turn(turn);
    worker_says(envelope);
  }
  void speech_flush(std::uint32_t turn) {
    ipc::Envelope envelope;
    envelope.mutable_speech_flush()->set_turn(turn);
    worker_says(envelope);
  }

  // Ticks at each deadline for as long.
  void run(Milliseconds duration) {
    const SteadyTime until = now_ + duration;
    while (true) {
      const auto deadline = session_->next_deadline();
      if (!deadline || *deadline > until) break;
      now_ = std::max(now_, *deadline);
      session_->tick(now_);
    }
    now_ = until;
  }
  // The same for a device that listens; one packet a second stands for sixteen.
  void stream(std::chrono::seconds duration) {
    for (auto left = duration; left > 0s; left -= 1s) {
      uplink();
      run(1s);
    }
  }
  std::uint64_t counted(SessionEvent event) const { return counters_.value(event); }

  SteadyTime now_{1h};
  SessionConfig config_;
  UdpAnnouncement announcement_{.server = "192.0.2.1", .port = 8884};
  AudioKey key_ = AudioKey::random();
  SessionCounters counters_;
  RecordingPort port_;
  SessionMemory memory_;
  PacketScratch scratch_;
  std::unique_ptr<Session> session_;
  MqttUdpLeg* leg_ = nullptr;  // the session's
  std::uint32_t up_sequence_ = 0;
};

}  // namespace earshot::gateway
