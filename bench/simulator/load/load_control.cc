#include "bench/simulator/load/load_control.h"

#include <algorithm>
#include <utility>

#include "bench/simulator/load/control_fleet.h"
#include "bench/simulator/websocket_transport.h"

namespace earshot::simulator {

namespace {

// mosquitto lets 100 wait; who finds no place tries again after a second.
constexpr std::size_t kUnderWay = 64;
constexpr auto kPatience = std::chrono::seconds(30);
constexpr std::size_t kMaxMessageBytes = 64 * 1024;
constexpr const char* kHelloRest =
    R"(,"features":{"mcp":true},"audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})";

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

double seconds_since(SteadyTime begin) {
  return std::chrono::duration<double>(steady_now() - begin).count();
}

}  // namespace

LoadControl::LoadControl(const LoadOptions& options) : options_(options), hellos_(options.devices) {}

Result<double> LoadControl::ask_ota() {
  const SteadyTime begin = steady_now();
  for (std::size_t i = 0; i < options_.devices; ++i) {
    Violations broken;
    const DeviceIdentity identity = make_identity(options_.seed * 1'000'003 + i);
    auto answer = simulator::ask_ota(options_.ota_url, identity, broken);
    if (!answer) return answer.error();
    if (const Status kept = keep_login(identity, std::move(*answer)); !kept) return kept.error();
  }
  return seconds_since(begin);
}

Status LoadControl::keep_login(const DeviceIdentity& identity, OtaAnswer answer) {
  if (!answer.activated)
    return Error{ErrorCode::kInvalid, "the devices are not admitted: load needs admission.mode open"};
  if (!options_.websocket) {
    if (!answer.mqtt) return Error{ErrorCode::kInvalid, "the OTA answer names no broker"};
    logins_.push_back(std::move(*answer.mqtt));
    return kDone;
  }
  const auto url = answer.websocket ? WsUrl::parse(answer.websocket->url) : std::nullopt;
  if (!url) return Error{ErrorCode::kInvalid, "the OTA answer names no WebSocket at ws://"};
  const int version = options_.ws_version.value_or(answer.websocket->version);
  std::vector<std::pair<std::string, std::string>> headers{{"Protocol-Version", std::to_string(version)},
                                                           {"Device-Id", identity.mac},
                                                           {"Client-Id", identity.client_id}};
  if (auto token = WebSocketTransport::authorization(answer.websocket->token.reveal()); !token.empty())
    headers.emplace_back("Authorization", std::move(token));
  websocket_logins_.push_back({.url = *url, .headers = std::move(headers), .version = version});
  return kDone;
}

Result<double> LoadControl::connect() {
  ControlLine::Handlers handlers{
      .on_connected = [](std::size_t) {},
      .on_message = [this](std::size_t device, std::string_view text) { heard(device, text); }};
  if (options_.websocket) {
    auto websockets = std::make_unique<WebSocketFleet>(websocket_logins_, std::move(handlers));
    websockets_ = websockets.get();
    fleet_ = std::move(websockets);
  } else {
    fleet_ = std::make_unique<ControlFleet>(logins_, std::move(handlers));
  }
  return run(
      "connect", [this](std::size_t device) { fleet_->connect(device); },
      [this] { return fleet_->connected(); });
}

Result<double> LoadControl::say_hello() {
  return run(
      "get a session",
      [this](std::size_t device) {
        const std::string head = options_.websocket
                                     ? R"({"type":"hello","transport":"websocket","version":)" +
                                           std::to_string(websocket_logins_[device].version)
                                     : R"({"type":"hello","transport":"udp","version":3)";
        fleet_->publish(device, head + kHelloRest);
      },
      [this] { return greeted_; });
}

void LoadControl::say(std::size_t device, const std::string& body) {
  fleet_->publish(device, R"({"session_id":")" + hellos_[device].session_id + R"(",)" + body + "}");
}

void LoadControl::leave() {
  if (!fleet_) return;
  for (std::size_t i = 0; i < options_.devices && !options_.websocket; ++i) {
    if (!hellos_[i].session_id.empty()) say(i, R"("type":"goodbye")");
  }
  const SteadyTime until = steady_now() + Milliseconds(200);
  while (steady_now() < until) fleet_->poll(Milliseconds(20));
  fleet_->disconnect_all();
}

void LoadControl::heard(std::size_t device, std::string_view text) {
  const auto message = json::parse_object(text, kMaxMessageBytes);
  if (!message) return;
  const auto type = json::find_string(*message, "type");
  if (type == "goodbye") ++ended_;
  if (type != "hello") return;
  auto hello = read_server_hello(*message, ServerHello{},
                                 options_.websocket ? TransportKind::kWebSocket : TransportKind::kMqttUdp);
  if (!hello) return;
  if (hellos_[device].session_id.empty()) ++greeted_;
  hellos_[device] = std::move(*hello);
}

// Begins with each device as fast as allowed, until all are done.
Result<double> LoadControl::run(const char* what, const std::function<void(std::size_t)>& begin,
                                const std::function<std::size_t()>& done) {
  const SteadyTime started = steady_now();
  std::size_t begun = 0;
  while (done() < options_.devices) {
    const bool limited = options_.connect_rate > 0;
    const auto allowed = limited
                             ? static_cast<std::size_t>(seconds_since(started) * options_.connect_rate) + 1
                             : done() + kUnderWay;
    while (begun < std::min(allowed, options_.devices)) begin(begun++);
    fleet_->poll(Milliseconds(limited ? 1 : 20));
    if (fleet_->lost() > 0 || steady_now() - started > kPatience) {
      return Error{ErrorCode::kTimeout, std::to_string(options_.devices - done()) + " devices did not " +
                                            what + ": " +
                                            (fleet_->lost() > 0 ? fleet_->last_error() : "no answer")};
    }
  }
  return seconds_since(started);
}

}  // namespace earshot::simulator
