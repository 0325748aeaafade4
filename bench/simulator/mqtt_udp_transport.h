// MQTT for control, encrypted UDP for audio (device-protocol 2, 4).
//
// Runs on: the io_context's thread.
// Owns: the MQTT connection, the audio links of all hellos.
// Borrows: io and agenda.
#pragma once

#include <memory>
#include <vector>

#include "bench/simulator/agenda.h"
#include "bench/simulator/audio_link.h"
#include "bench/simulator/firmware.h"
#include "bench/simulator/mqtt_driver.h"
#include "bench/simulator/transport.h"

namespace earshot::simulator {

class MqttUdpTransport final : public Transport {
 public:
  MqttUdpTransport(asio::io_context& io, Agenda& agenda, OtaAnswer::Mqtt login, const Firmware& firmware,
                   const FaultRates& faults, Handlers handlers);

  TransportKind kind() const override { return TransportKind::kMqttUdp; }
  std::string hello_head() const override { return R"("version":3,"transport":"udp")"; }
  Status start() override;
  void stop() override;
  void open(std::function<void()> done) override;
  bool send(const std::string& text) override;
  Status begin_audio(const ServerHello& hello, std::uint64_t seed) override;
  void send_audio(ByteView opus) override;
  void speech_started(SteadyTime now) override;
  void close() override;
  void rest() override;
  void add_to(LinkCounts& counts) const override;

 private:
  Status connect();

  asio::io_context& io_;
  Agenda& agenda_;
  OtaAnswer::Mqtt login_;
  const Firmware& firmware_;
  FaultRates faults_;
  Handlers handlers_;
  std::unique_ptr<MqttDriver> mqtt_;
  std::uint64_t connection_ = 0;  // number of the present one: what comes late of another is dropped
  bool connected_ = false;        // the present one has been
  bool told_ready_ = false;
  std::function<void()> on_open_;
  std::shared_ptr<AudioLink> link_;
  std::vector<std::shared_ptr<AudioLink>> closed_links_;  // a server that goes on sending is noticed
};

}  // namespace earshot::simulator
