// The UDP sockets of all devices. Devices share sockets (a server tells them apart by ssrc), so that one
// thread carries thousands; what arrives is stamped by the kernel, so that this process's own delays are not
// measured. Driver.
//
// Runs on: one thread.
// Owns: the sockets and their buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/bytes.h"

namespace earshot::simulator {

// Nanoseconds of CLOCK_REALTIME, which the kernel stamps with.
std::int64_t wall_ns();

class DatagramFleet {
 public:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kMaxDatagramBytes = 1500;

  DatagramFleet(std::size_t sockets, const std::string& host, std::uint16_t port);
  ~DatagramFleet();
  DatagramFleet(const DatagramFleet&) = delete;
  DatagramFleet& operator=(const DatagramFleet&) = delete;

  std::size_t sockets() const { return descriptors_.size(); }
  // Room for one datagram that leaves with the next flush() of this socket, or at once when a batch is full.
  std::span<std::uint8_t> queue(std::size_t socket, std::size_t bytes);
  void flush();
  void flush(std::size_t socket);
  // Hands on everything that waits, and where. The bytes live during the call.
  using Handler = std::function<void(std::size_t socket, ByteView datagram, std::int64_t arrived_ns)>;
  void receive(const Handler& handler);

  std::uint64_t send_failures() const { return send_failures_; }

 private:
  struct Batch;

  std::vector<int> descriptors_;
  std::vector<std::unique_ptr<Batch>> out_;
  std::unique_ptr<Batch> in_;
  std::uint64_t send_failures_ = 0;
};

}  // namespace earshot::simulator
