// A real Shard with its real sockets, and by hand what is around it: devices on real UDP sockets, workers on
// real channels, and a transport that hands the devices their JSON.
//
// Runs on: the test's thread and its io_context; the shard has its own thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/base/bytes.h"
#include "common/json/json.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "gateway/live/shard/shard.h"
#include "tests/fakes/scripted_worker.h"

namespace earshot::gateway {

inline constexpr Milliseconds kEventWait{10'000};

// Opus of one 60 ms mono frame (TOC configuration 3: SILK, narrow band, 60 ms; RFC 6716 3.1)
// that carries a number.
inline Bytes opus_frame(std::uint8_t tag) {
  Bytes frame(40, tag);
  frame[0] = 3 << 3;
  return frame;
}

class FakeTransport final : public DeviceTransport {
 public:
  explicit FakeTransport(asio::io_context& io) : io_(io) {}
  // Called on the test's thread.
  void deliver_to(const std::string& client_id, std::function<void(std::string)> device) {
    devices_[client_id] = std::move(device);
  }
  // What is sent from now on is lost.
  void mute(bool on) { mute_ = on; }
  Status send(std::string_view client_id, std::string_view json) override {
    if (mute_) return kDone;
    asio::post(io_, [this, client = std::string(client_id), text = std::string(json)] {
      if (const auto found = devices_.find(client); found != devices_.end()) found->second(text);
    });
    return kDone;
  }
  void kick(std::string_view client_id) override { (void)send(client_id, R"({"type":"kicked"})"); }

 private:
  asio::io_context& io_;
  std::atomic<bool> mute_{false};
  std::map<std::string, std::function<void(std::string)>> devices_;
};

class TestDevice {
 public:
  struct Event {
    SteadyTime when;
    std::string what;  // the message's type (with the state of a tts message), or "audio"
    json::object message;
    Bytes audio;  // decrypted
  };

  TestDevice(asio::io_context& io, Shard& shard, FakeTransport& transport, int number)
      : shard_(&shard), socket_(io, asio::ip::udp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    const std::string mac = "02_00_00_00_00_" + std::to_string(10 + number);
    client_ = *auth::parse_client_id("GID_test@@@" + mac + "@@@" + mac);
    transport.deliver_to(client_.text, [this](std::string text) { on_json(text); });
    receive();
  }

  // Another gateway has its shard's place.
  void belongs_to(Shard& shard) { shard_ = &shard; }
  void say(const std::string& json) {
    shard_->proxy().post_control(client_, json, std::chrono::steady_clock::now());
  }
  void say_hello() {
    say(R"({"type":"hello","version":3,"transport":"udp","features":{"mcp":true},)"
        R"("audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})");
  }
  void say_listen() {
    say(R"({"session_id":")" + session_id_ + R"(","type":"listen","state":"start","mode":"auto"})");
  }
  void say_goodbye() { say(R"({"session_id":")" + session_id_ + R"(","type":"goodbye"})"); }

  void send_audio(const Bytes& opus) {
    const auto header = build_audio_header({.flags = 0,
                                            .payload_bytes = static_cast<std::uint16_t>(opus.size()),
                                            .ssrc = ssrc_,
                                            .timestamp = 0,
                                            .sequence = ++sequence_});
    Bytes datagram(header.begin(), header.end());
    datagram.resize(kAudioHeaderBytes + opus.size());
    cipher_->apply(header, opus, std::span(datagram).subspan(kAudioHeaderBytes));
    send_raw(datagram);
  }
  // So many that it sent were lost.
  void loses(std::uint32_t frames) { sequence_ += frames; }
  void send_raw(const Bytes& datagram) { socket_.send_to(asio::buffer(datagram), server_); }
  void aim_at(std::uint16_t port) { server_ = {asio::ip::make_address("127.0.0.1"), port}; }

  std::size_t count(std::string_view what) const {
    return static_cast<std::size_t>(std::ranges::count(events_, what, &Event::what));
  }
  const std::vector<Event>& events() const { return events_; }
  std::vector<std::string> order() const {
    std::vector<std::string> names;
    for (const auto& event : events_) names.push_back(event.what);
    return names;
  }
  const std::string& session_id() const { return session_id_; }
  const auth::ClientId& client() const { return client_; }
  Ssrc ssrc() const { return ssrc_; }

 private:
  void on_json(const std::string& text) {
    auto parsed = json::parse_object(text, 64 * 1024);
    ASSERT_TRUE(parsed.ok()) << text;
    std::string what(json::find_string(*parsed, "type").value_or("?"));
    if (what == "tts") what += " " + std::string(json::find_string(*parsed, "state").value_or("?"));
    if (what == "hello") on_hello(*parsed);
    events_.push_back(
        {.when = std::chrono::steady_clock::now(), .what = what, .message = *parsed, .audio = {}});
  }
  void on_hello(const json::object& hello) {
    session_id_ = json::find_string(hello, "session_id").value();
    const json::object& udp = *json::find_object(hello, "udp");
    const Bytes key = *from_hex(*json::find_string(udp, "key"));
    const Bytes nonce = *from_hex(*json::find_string(udp, "nonce"));
    ASSERT_EQ(key.size(), AudioKey::kBytes);
    ASSERT_EQ(nonce.size(), kAudioHeaderBytes);
    cipher_ = std::make_unique<AudioCipher>(AudioKey(std::span<const std::uint8_t, AudioKey::kBytes>(key)));
    ssrc_ = Ssrc{load_be32(nonce.data() + 4)};
    sequence_ = 0;
    last_down_ = 0;
    aim_at(static_cast<std::uint16_t>(*json::find_int(udp, "port")));
  }
  void receive() {
    socket_.async_receive_from(asio::buffer(room_), from_, [this](error_code failure, std::size_t bytes) {
      if (failure) return;
      on_datagram(ByteView(room_).first(bytes));
      receive();
    });
  }
  // The rules of the firmware (device-protocol 4.3).
  void on_datagram(ByteView datagram) {
    const auto parsed = parse_audio_packet(datagram);
    ASSERT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
    ASSERT_EQ(from_, server_) << "down packets leave from the announced address";
    const AudioHeader& header = parsed.packet.header;
    ASSERT_GT(header.sequence, last_down_);
    last_down_ = header.sequence;
    Bytes opus(parsed.packet.payload.size());
    cipher_->apply(parsed.packet.header_bytes, parsed.packet.payload, opus);
    events_.push_back(
        {.when = std::chrono::steady_clock::now(), .what = "audio", .message = {}, .audio = std::move(opus)});
  }

  Shard* shard_;
  auth::ClientId client_;
  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint server_;
  asio::ip::udp::endpoint from_;
  std::array<std::uint8_t, 2048> room_{};
  std::string session_id_;
  std::unique_ptr<AudioCipher> cipher_;
  Ssrc ssrc_{};
  std::uint32_t sequence_ = 0;
  std::uint32_t last_down_ = 0;
  std::vector<Event> events_;
};

class GatewayTest : public testing::Test {
 protected:
  GatewayTest() {
    std::string name = (std::filesystem::temp_directory_path() / "earshot-shard-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    config_.worker_endpoint = *ipc::parse_endpoint("unix:" + (folder_ / "run" / "workers.sock").string());
    config_.mqtt_udp.announced_server = "127.0.0.1";
    config_.links = {.gateway_id = "g",
                     .version = "test",
                     .shard = 0,
                     .shard_addresses = {config_.worker_endpoint.text()},
                     .heartbeat = Milliseconds(60'000)};
  }
  // Nothing of io_ runs any more: what waits there is destroyed with it.
  ~GatewayTest() override {
    if (shard_) shard_->stop();
    std::filesystem::remove_all(folder_);
  }

  void start_shard(ShardObserver* observer = nullptr) {
    shard_ = std::make_unique<Shard>(config_, transport_, observer);
    shard_->start();
  }
  // Linked and greeted.
  fakes::ScriptedWorker& add_worker(const std::string& id) {
    workers_.push_back(std::make_unique<fakes::ScriptedWorker>(io_, id));
    fakes::ScriptedWorker& worker = *workers_.back();
    worker.dial(shard_->worker_endpoint());
    EXPECT_TRUE(run_until([&] { return worker.count(ipc::Envelope::kGatewayHello) == 1; }));
    return worker;
  }
  TestDevice& add_device() {
    devices_.push_back(
        std::make_unique<TestDevice>(io_, *shard_, transport_, static_cast<int>(devices_.size())));
    devices_.back()->aim_at(shard_->udp_port());
    return *devices_.back();
  }
  // With a session and a known UDP address.
  TestDevice& talking_device() {
    TestDevice& device = add_device();
    device.say_hello();
    EXPECT_TRUE(run_until([&] { return device.count("hello") == 1; }));
    device.say_listen();
    const auto frames = counter("uplink_frame");
    device.send_audio(opus_frame(0));
    EXPECT_TRUE(run_until([&] { return counter("uplink_frame") == frames + 1; }));
    return device;
  }
  template <class Condition>
  bool run_until(Condition&& done) {
    const auto limit = std::chrono::steady_clock::now() + kEventWait;
    while (!done() && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(Milliseconds(20));
    }
    return done();
  }
  ShardStats stats() {
    std::optional<ShardStats> told;
    shard_->proxy().request_stats(io_.get_executor(), [&](ShardStats stats) { told = std::move(stats); });
    const auto limit = std::chrono::steady_clock::now() + kEventWait;
    while (!told && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(Milliseconds(20));
    }
    EXPECT_TRUE(told.has_value());
    return told.value_or(ShardStats{});
  }
  std::uint64_t counter(std::string_view name) {
    for (const auto& [key, value] : stats().counters) {
      if (key == name) return value;
    }
    ADD_FAILURE() << "no counter " << name;
    return 0;
  }

  std::filesystem::path folder_;
  asio::io_context io_{1};
  FakeTransport transport_{io_};
  ShardConfig config_;
  std::unique_ptr<Shard> shard_;
  std::vector<std::unique_ptr<fakes::ScriptedWorker>> workers_;
  std::vector<std::unique_ptr<TestDevice>> devices_;
};

}  // namespace earshot::gateway
