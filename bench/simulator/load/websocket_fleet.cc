#include "bench/simulator/load/websocket_fleet.h"

#include <utility>

#include "bench/simulator/datagram.h"
#include "bench/simulator/ws_frames.h"

namespace earshot::simulator {

namespace {
constexpr std::uint32_t kFixedMask = 0x5A17C3E9;  // against proxies in the way, of which there is none
}  // namespace

WebSocketFleet::WebSocketFleet(std::vector<Login> logins, Handlers handlers)
    : logins_(std::move(logins)),
      handlers_(std::move(handlers)),
      devices_(logins_.size()),
      connections_(logins_.size(), "server",
                   {.on_bytes = [this](std::size_t device, ByteView bytes) { hear(device, bytes); }}) {}

void WebSocketFleet::connect(std::size_t device) {
  const Login& login = logins_[device];
  append_ws_upgrade(connections_.out(device), login.url, login.headers);
  connections_.connect(device, login.url.host, login.url.port);
}

// REQUIRES: it is connected: nobody takes a frame in front of the answer to the upgrade.
void WebSocketFleet::publish(std::size_t device, std::string_view json) {
  append_ws_frame(connections_.out(device), WsOpcode::kText, as_bytes(json), kFixedMask);
  connections_.send(device);
}

std::size_t WebSocketFleet::connected() const {
  std::size_t count = 0;
  for (std::size_t device = 0; device < devices_.size(); ++device)
    count += devices_[device].upgraded && connections_.is_open(device) ? 1 : 0;
  return count;
}

std::span<std::uint8_t> WebSocketFleet::queue(std::size_t socket, std::size_t bytes) {
  return queued_.emplace_back(socket, Bytes(bytes)).second;
}

void WebSocketFleet::flush() {
  for (const auto& [device, datagram] : std::exchange(queued_, {})) {
    if (!connections_.is_open(device)) {
      ++send_failures_;
      continue;
    }
    const ByteView opus = ByteView(datagram).subspan(kHeaderBytes);
    append_ws_frame(connections_.out(device), WsOpcode::kBinary,
                    make_ws_frame(logins_[device].version, opus, 0), kFixedMask);
    connections_.send(device);
  }
}

void WebSocketFleet::receive(const Handler& handler) {
  poll(Milliseconds(0));
  for (const Arrived& audio : std::exchange(arrived_, {})) handler(audio.device, audio.datagram, audio.at_ns);
}

void WebSocketFleet::hear(std::size_t device, ByteView bytes) {
  WsReader& reader = devices_[device].reader;
  reader.add(bytes);
  while (connections_.is_open(device)) {
    auto item = reader.next();
    if (!item) break;
    take(device, std::move(*item));
  }
  if (!reader.broken().empty()) connections_.lose(device, reader.broken());
}

void WebSocketFleet::take(std::size_t device, WsReader::Item item) {
  if (item.upgraded) {
    devices_[device].upgraded = true;
    return handlers_.on_connected(device);
  }
  if (item.opcode == WsOpcode::kText) return handlers_.on_message(device, as_text(item.payload));
  if (item.opcode == WsOpcode::kClose) return connections_.lose(device, "the server closed the WebSocket");
  if (item.opcode == WsOpcode::kPing) {
    append_ws_frame(connections_.out(device), WsOpcode::kPong, item.payload, kFixedMask);
    return connections_.send(device);
  }
  if (item.opcode != WsOpcode::kBinary) return;
  Violations broken;
  const auto opus = read_ws_frame(logins_[device].version, item.payload, broken);
  if (!opus || !broken.empty() || opus->size() > kMaxDatagramBytes - kHeaderBytes)
    return connections_.lose(device, "a binary frame that no device takes");
  Bytes datagram(kHeaderBytes);
  datagram[0] = kAudioType;
  datagram[1] = kDownlinkFlag;
  store_be16(datagram.data() + 2, static_cast<std::uint16_t>(opus->size()));
  store_be32(datagram.data() + 4, static_cast<std::uint32_t>(device + 1));
  store_be32(datagram.data() + 12, ++devices_[device].received);
  datagram.insert(datagram.end(), opus->begin(), opus->end());
  arrived_.push_back({.device = device, .datagram = std::move(datagram), .at_ns = wall_ns()});
}

}  // namespace earshot::simulator
