#include "gateway/ctl/doctor_probes.h"

#include <array>
#include <optional>

#include "common/asio/asio.h"
#include "common/base/random.h"
#include "common/http/http_client.h"

namespace earshot::ctl {

namespace {

constexpr std::uint16_t kMqttTlsPort = 8883;
constexpr int kUdpTries = 5;
constexpr Milliseconds kUdpPatience{400};  // a mobile network's round trip

std::string place_of(const std::string& host, std::uint16_t port) {
  return host + ":" + std::to_string(port);
}

// CONNECT of MQTT 3.1.1 without a user name: our broker refuses it (CONNACK 5), any other answers too.
std::string mqtt_connect() {
  static constexpr std::string_view kClientId = "earshot-doctor";
  std::string body{"\0\4MQTT\4\2\0\5\0", 11};
  body.push_back(static_cast<char>(kClientId.size()));
  body += kClientId;
  return std::string{"\x10"} + static_cast<char>(body.size()) + body;
}

}  // namespace

Finding probe_http(const std::string& host, std::uint16_t port, bool tls, Milliseconds timeout) {
  const std::string scheme = tls ? "https://" : "http://";
  const std::string where = place_of(host, port);
  Finding finding{.name = "OTA path"};
  const auto answer = http::request("GET", scheme + where + "/healthz", {}, "", timeout);
  if (answer && (answer->status == 200 || answer->status == 503) &&
      answer->body.find("\"status\"") != std::string::npos) {
    finding.message = "devices can reach " + scheme + where + "/xiaozhi/ota/";
    return finding;
  }
  finding.level = Level::kFail;
  finding.message = answer ? "something else answers at " + where : answer.error().message;
  finding.advice =
      "devices ask there at boot: check http.listen, http.port, announce_address, and firewalls on the way";
  return finding;
}

Finding probe_mqtt(const std::string& host, std::uint16_t port, Milliseconds timeout) {
  const std::string where = place_of(host, port);
  Finding finding{.name = "MQTT path"};
  asio::io_context io{1};
  asio::ip::tcp::resolver resolver(io);
  asio::ip::tcp::socket socket(io);
  const std::string question = mqtt_connect();
  std::array<char, 4> answer{};
  bool connected = false;
  bool broker = false;
  resolver.async_resolve(
      host, std::to_string(port), [&](error_code failed, const asio::ip::tcp::resolver::results_type& found) {
        if (failed || found.empty()) return;
        socket.async_connect(*found.begin(), [&](error_code refused) {
          if (refused) return;
          connected = true;
          if (port == kMqttTlsPort) return;
          asio::async_write(socket, asio::buffer(question), [&](error_code broken, std::size_t) {
            if (broken) return;
            asio::async_read(socket, asio::buffer(answer), [&](error_code, std::size_t bytes) {
              broker = bytes >= 1 && answer[0] == '\x20';  // CONNACK
            });
          });
        });
      });
  io.run_for(timeout);
  if (broker || (connected && port == kMqttTlsPort)) {
    finding.message = "devices can reach the broker at " + where;
    return finding;
  }
  finding.level = Level::kFail;
  finding.message =
      connected ? "what answers at " + where + " is not an MQTT broker" : "no connection to " + where;
  finding.advice = "check mqtt.listen, mqtt.port, announce_address, and firewalls on the way";
  return finding;
}

Finding probe_udp(const std::string& host, std::uint16_t port, const auth::PathProbeTicket& ticket) {
  const std::string where = place_of(host, port);
  Finding finding{.name = "UDP path"};
  finding.level = Level::kFail;
  finding.advice =
      "audio takes this way: check udp.listen, udp.port, announce_address (bind udp.listen to the announced "
      "address), and firewalls on the way";
  asio::io_context io{1};
  error_code failure;
  const auto found =
      asio::ip::udp::resolver(io).resolve(asio::ip::udp::v4(), host, std::to_string(port), failure);
  if (failure || found.empty()) {
    finding.message = "cannot resolve " + host;
    return finding;
  }
  asio::ip::udp::socket socket(io, asio::ip::udp::v4());
  // Connected, as a device's socket is: an answer from any other address does not count
  // (device-protocol 4.3).
  socket.connect(found.begin()->endpoint(), failure);
  auth::PathProbeNonce nonce{};
  fill_random(nonce);
  const auto question = auth::path_probe_question(ticket, nonce);
  for (int attempt = 1; !failure && attempt <= kUdpTries; ++attempt) {
    const auto asked = std::chrono::steady_clock::now();
    socket.send(asio::buffer(question), 0, failure);
    std::array<std::uint8_t, 64> answer{};
    bool good = false;
    socket.async_receive(asio::buffer(answer), [&](error_code, std::size_t bytes) {
      good = auth::is_path_probe_answer(ByteView(answer).first(bytes), ticket, nonce);
    });
    io.restart();
    io.run_for(kUdpPatience);
    if (good) {
      const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - asked);
      finding.level = attempt == 1 ? Level::kOk : Level::kWarn;
      finding.message = "datagrams reach " + where + " and come back, " + std::to_string(took.count()) +
                        " ms" +
                        (attempt == 1 ? "" : "; " + std::to_string(attempt - 1) + " were lost before");
      finding.advice = attempt == 1 ? "" : "datagrams are lost on the way: Wi-Fi, or a busy link";
      return finding;
    }
    socket.cancel(failure);
    io.restart();
    io.run_for(Milliseconds(10));  // the cancelled handler
  }
  finding.message = "no answer from " + where + " to " + std::to_string(kUdpTries) + " datagrams";
  return finding;
}

}  // namespace earshot::ctl
