#include "tests/e2e/flooder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <vector>

#include "common/json/json.h"

namespace earshot::e2e {

namespace {

using fakes::RawMqttClient;
using namespace std::chrono_literals;

constexpr const char* kHello =
    R"({"type":"hello","version":3,"transport":"udp","features":{"mcp":true},)"
    R"("audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})";

std::string arrays(std::size_t bytes) {
  std::string text = "[[]";
  while (text.size() < bytes) text += ",[]";
  return text + "]";
}

// SUBSCRIBE (8, flags 2) of one filter, QoS 0; its answer is not waited for.
Bytes subscribe_packet(const std::string& filter) {
  Bytes packet{0x82, static_cast<std::uint8_t>(2 + 2 + filter.size() + 1),
               0,    1,
               0,    static_cast<std::uint8_t>(filter.size())};
  packet.insert(packet.end(), filter.begin(), filter.end());
  packet.push_back(0);
  return packet;
}

}  // namespace

auth::DeviceCredentials device_credentials(const System& system, int number) {
  std::string key = read_file(system.data() + "/data/secrets/device.key");
  while (!key.empty() && key.back() == '\n') key.pop_back();
  const auto device = DeviceId::parse("02:f1:00:00:00:" + std::to_string(10 + number));
  return auth::make_credentials(*device, "36c98363-3656-43cb-a00f-8bced2391a90", "flood", Secret(key));
}

std::optional<RawMqttClient> connect_device(const System& system,
                                            const auth::DeviceCredentials& credentials) {
  auto client = RawMqttClient::open("127.0.0.1", system.mqtt_port());
  if (!client) return std::nullopt;
  const auto code = client->login({.client_id = credentials.client_id.text,
                                   .username = credentials.username,
                                   .password = std::string(credentials.password.reveal())});
  if (code != 0) return std::nullopt;
  return client;
}

std::string open_session(RawMqttClient& client, std::chrono::milliseconds timeout) {
  client.publish("device-server", kHello);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto message = client.next_message(timeout);
    if (!message) break;
    const auto json = json::parse_object(message->payload, 64 * 1024);
    if (!json || json::find_string(*json, "type") != "hello") continue;
    return std::string(json::find_string(*json, "session_id").value_or(""));
  }
  return {};
}

Flooder::Flooder(const System& system)
    : system_(system),
      credentials_(device_credentials(system, 1)),
      talker_([this] { talk(); }),
      sender_([this] { send_datagrams(); }) {}

Flooder::~Flooder() {
  stop_ = true;
  talker_.join();
  sender_.join();
}

void Flooder::talk() {
  while (!stop_) {
    auto client = connect_device(system_, credentials_);
    if (!client) {
      std::this_thread::sleep_for(20ms);  // as fast as a device can that is refused
      continue;
    }
    flood(*client, open_session(*client, 500ms));
    if (!stop_) ++thrown_out_;
  }
}

void Flooder::flood(RawMqttClient& client, const std::string& session) {
  const std::string answer = R"({"session_id":")" + session +
                             R"(","type":"mcp","payload":{"jsonrpc":"2.0","id":5,"result":{"x":)" +
                             arrays(62'000) + "}}}";
  const std::string listen =
      R"({"session_id":")" + session + R"(","type":"listen","state":"detect","text":"what time is it"})";
  const std::array<std::string, 5> messages{answer, kHello, arrays(60'000), listen, "{\"type\":\"hello\""};
  for (std::uint64_t i = 0; !stop_; ++i) {
    const bool said = i % 7 == 6 ? client.send_bytes(subscribe_packet("a/" + std::to_string(i % 100)))
                                 : client.publish("device-server", messages[i % messages.size()]);
    if (!said) return;
    ++messages_;
  }
}

// Several thousand a second: ten times what fifteen talking devices send. More would only show how large the
// socket's buffer is.
void Flooder::send_datagrams() {
  std::array<int, 8> sockets{};
  for (int& handle : sockets) handle = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(system_.udp_port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<std::uint8_t, 76> datagram{1, 0, 0, 60};  // type, flags, payload bytes: 60
  for (std::uint32_t i = 0; !stop_; ++i) {
    store_be32(datagram.data() + 4, i * 2'654'435'761U);  // anybody's ssrc
    ::sendto(sockets[i % sockets.size()], datagram.data(), datagram.size(), 0,
             reinterpret_cast<sockaddr*>(&to), sizeof to);
    if (i % 10 == 9) std::this_thread::sleep_for(4ms);
  }
  for (const int handle : sockets) ::close(handle);
}

}  // namespace earshot::e2e
