#include "bench/simulator/load/control_fleet.h"

#include <algorithm>
#include <utility>

namespace earshot::simulator {

namespace {
constexpr Milliseconds kPingInterval{60'000};
}  // namespace

ControlFleet::ControlFleet(std::vector<OtaAnswer::Mqtt> logins, Handlers handlers)
    : logins_(std::move(logins)),
      handlers_(std::move(handlers)),
      devices_(logins_.size()),
      connections_(logins_.size(), "broker",
                   {.on_bytes = [this](std::size_t device, ByteView bytes) { hear(device, bytes); }}),
      next_ping_(std::chrono::steady_clock::now() + kPingInterval) {}

void ControlFleet::connect(std::size_t device) {
  const OtaAnswer::Mqtt& login = logins_[device];
  append_connect(connections_.out(device), {.client_id = login.client_id,
                                            .username = login.username,
                                            .password = login.password.reveal(),
                                            .keepalive_s = static_cast<std::uint16_t>(login.keepalive_s)});
  connections_.connect(device, login.host, login.port);
}

void ControlFleet::subscribe(std::size_t device, std::string_view filter) {
  append_subscribe(connections_.out(device), filter);
  connections_.send(device);
}

void ControlFleet::publish(std::size_t device, std::string_view json) {
  append_publish(connections_.out(device), logins_[device].publish_topic, json);
  connections_.send(device);
}

void ControlFleet::disconnect_all() {
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    append_disconnect(connections_.out(device));
    connections_.send(device);
  }
}

void ControlFleet::poll(Milliseconds patience) {
  connections_.poll(patience);
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_ping_) return;
  next_ping_ = now + kPingInterval;
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    if (!devices_[device].accepted) continue;
    append_ping(connections_.out(device));
    connections_.send(device);
  }
}

std::size_t ControlFleet::connected() const {
  std::size_t count = 0;
  for (std::size_t device = 0; device < devices_.size(); ++device)
    count += devices_[device].accepted && connections_.is_open(device) ? 1 : 0;
  return count;
}

void ControlFleet::hear(std::size_t device, ByteView bytes) {
  MqttReader& reader = devices_[device].reader;
  reader.add(bytes);
  while (const auto packet = reader.next()) {
    if (packet->kind == MqttPacket::Kind::kConnack) {
      if (packet->connack_code != 0)
        return connections_.lose(device, "login refused, code " + std::to_string(packet->connack_code));
      devices_[device].accepted = true;
      handlers_.on_connected(device);
    } else if (packet->kind == MqttPacket::Kind::kPublish) {
      handlers_.on_message(device, packet->payload);
    }
  }
  if (reader.broken()) connections_.lose(device, "not MQTT 3.1.1");
}

}  // namespace earshot::simulator
