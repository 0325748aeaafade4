// The audio of one hello: seals and sends, receives and opens, spoils the network in between, and checks the
// server's packets before that.
// Runs on: the io_context's thread.
// Owns: the socket, the counters of the session.
// Borrows: the agenda.
#pragma once

#include <functional>
#include <memory>

#include "bench/simulator/agenda.h"
#include "bench/simulator/firmware.h"
#include "bench/simulator/link_faults.h"
#include "bench/simulator/rule.h"
#include "bench/simulator/run_report.h"
#include "bench/simulator/server_hello.h"
#include "bench/simulator/udp_driver.h"
#include "bench/simulator/udp_receiver.h"
#include "bench/simulator/udp_rules.h"

namespace earshot::simulator {

class AudioLink : public std::enable_shared_from_this<AudioLink> {
 public:
  struct Handlers {
    std::function<void(SteadyTime arrival, Violations broken)> wire;  // each new datagram, before the faults
    std::function<void(UdpReceiver::Packet)> packet;                  // accepted by the device's rules
  };

  static Result<std::shared_ptr<AudioLink>> open(asio::io_context& io, Agenda& agenda,
                                                 const ServerHello& hello, const Firmware& firmware,
                                                 const FaultRates& rates, std::uint64_t seed,
                                                 Handlers handlers);

  void send(ByteView opus);
  void speech_started(SteadyTime now) { rules_.speech_started(now); }
  // The device has closed its socket. The simulator keeps listening, to notice a server that goes on sending.
  void close();

  void add_to(LinkCounts& counts) const;

 private:
  AudioLink(Agenda& agenda, const ServerHello& hello, const Firmware& firmware, const FaultRates& rates,
            std::uint64_t seed, Handlers handlers);
  void received(ByteView datagram, bool from_server, SteadyTime arrival);
  void arrived(ByteView datagram);

  Agenda& agenda_;
  Handlers handlers_;
  Block nonce_;
  AesCtr uplink_cipher_;
  UdpReceiver receiver_;
  UdpRules rules_;
  LinkFaults up_faults_;
  LinkFaults down_faults_;
  std::unique_ptr<UdpDriver> socket_;
  std::uint32_t sequence_ = 0;
  std::optional<SteadyTime> closed_;
  std::uint64_t missing_ = 0;
  std::uint64_t stale_ = 0;
};

}  // namespace earshot::simulator
