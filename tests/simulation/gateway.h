// A shard's core without its sockets: the line and the sessions of one device, with the worker at the other end of
// a link that the world delays.
//
// Runs on: the timeline.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"
#include "gateway/live/device/device_line.h"
#include "gateway/live/session/session_table.h"
#include "tests/simulation/timeline.h"

namespace earshot::simulation {

class Gateway final : public gateway::MqttUdpPort, public gateway::WorkerPort {
 public:
  struct Handlers {
    std::function<void(std::string)> send_control;  // to the device, in order
    std::function<void(Bytes)> send_datagram;
    std::function<void(ipc::Envelope)> send_worker;  // in order
  };
  Gateway(Timeline& timeline, Handlers handlers);
  ~Gateway() override;

  // From the device.
  void control(const std::string& json);
  void datagram(ByteView datagram);
  // The worker that had the session is gone; another one is asked as soon as worker_there().
  void worker_lost();
  void worker_there();
  // The broker's word of it.
  void presence(bool online);
  // From the worker: records of the link.
  void envelope(const Bytes& record);

  std::size_t sessions() const { return table_.size(); }
  std::uint64_t counted(gateway::SessionEvent event) const { return counters_.value(event); }

 private:
  class Wire;

  void send_control(std::string_view client_id, std::string_view json) override;
  void send_datagram(gateway::UdpAddress to, ByteView datagram) override;
  void leg_gone(Ssrc ssrc) override;
  void send(const ipc::Envelope& envelope) override { handlers_.send_worker(envelope); }
  void send_audio(const ipc::Envelope& envelope) override { handlers_.send_worker(envelope); }

  void open_session(const gateway::DeviceHello& hello);
  void close(gateway::Session& session);
  void settle(gateway::Session* session);
  void ask_next_worker(gateway::Session& session);
  void arm();

  Timeline& timeline_;
  Handlers handlers_;
  gateway::SessionCounters counters_;
  gateway::SessionConfig config_;
  gateway::SessionMemory memory_;
  gateway::SessionTable table_{counters_, config_, memory_};
  gateway::PacketScratch scratch_;
  gateway::UdpAnnouncement announcement_{.server = "192.0.2.1", .port = 8884};
  gateway::ShardTools tools_;
  std::shared_ptr<Wire> wire_;
  gateway::DeviceLine line_;
  gateway::MqttUdpLeg* leg_ = nullptr;  // of the device's session
  std::optional<SteadyTime> armed_for_;
  bool has_worker_ = true;
  bool asks_ = false;  // a session waits for worker_there()
};

}  // namespace earshot::simulation
