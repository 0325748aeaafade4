// The audio phase of a load run: each device sends a frame each 60 ms at a phase of its own, and what comes
// back is checked. One thread that wakes each millisecond; between wake-ups the server's sends wake nobody.
//
// Runs on: one thread.
// Borrows: options, sockets and report, for its life.
// Owns: the streams.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <unordered_map>
#include <vector>

#include "bench/simulator/load/audio_fleet.h"
#include "bench/simulator/load/load_options.h"
#include "bench/simulator/load/load_report.h"
#include "bench/simulator/load/load_stream.h"
#include "bench/simulator/load/pacing.h"

namespace earshot::simulator {

class LoadTraffic {
 public:
  // `sockets`: an attacker's is the last; the others belong to the devices in turn.
  LoadTraffic(const LoadOptions& options, AudioFleet& sockets, std::size_t device_sockets,
              const std::vector<StreamKeys>& keys, LoadReport& report);
  // How many sockets that many devices share over UDP; the attacker's is not counted.
  static std::size_t sockets_for(std::size_t devices);

  // Runs for so long; `each_round` is called each millisecond. While `sending`, devices speak.
  void run(double seconds, bool sending, bool measuring, const std::function<void()>& each_round);
  void send_one(std::size_t device);  // leaves with the next round
  // The device interrupts now: what arrives later is held against it.
  void note_abort(std::size_t device);

  // Fills in what is known at the end only.
  void finish();

 private:
  struct Device {
    LoadStream stream;
    std::size_t socket = 0;
    PacingTrack pacing{};
    std::int64_t aborted_ns = 0;  // 0: not
    std::int64_t last_after_abort_ns = 0;
    std::int64_t rebound_ns = 0;  // first packet from the new address; 0: not, or answered
  };

  void send_due(std::int64_t now_ns);
  void send(std::size_t device, std::int64_t now_ns);
  void attack(const Bytes& seen);
  std::int64_t rebind_round(std::size_t device) const;
  void rebind(std::size_t device);
  bool is_deaf(const Device& device) const;
  void on_datagram(std::size_t socket, ByteView bytes, std::int64_t arrived_ns);

  const LoadOptions& options_;
  LoadReport& report_;
  std::size_t attacker_;  // its socket, behind those of the devices
  AudioFleet& sockets_;
  std::vector<Device> devices_;
  std::unordered_map<std::uint32_t, std::size_t> by_ssrc_;
  std::vector<std::int64_t> phases_ns_;  // sorted; one a device
  std::mt19937_64 random_;
  std::multimap<std::int64_t, std::pair<std::size_t, Bytes>> delayed_;  // jitter: socket and datagram
  std::int64_t began_ns_ = 0;
  std::uint64_t next_send_ = 0;
  std::int64_t window_round_ = 0;  // in which measuring began
  bool measuring_ = false;
};

}  // namespace earshot::simulator
