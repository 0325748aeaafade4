// The UDP sockets of all devices. Devices share sockets (a server tells them apart by ssrc), so that one
// thread carries thousands; what arrives is stamped by the kernel, so that this process's own delays are not
// measured. Driver.
//
// Runs on: one thread.
// Owns: the sockets and their buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/simulator/load/audio_fleet.h"
#include "common/base/bytes.h"

namespace earshot::simulator {

class DatagramFleet final : public AudioFleet {
 public:
  static constexpr std::size_t kBatch = 64;

  DatagramFleet(std::size_t sockets, const std::string& host, std::uint16_t port);
  ~DatagramFleet() override;
  DatagramFleet(const DatagramFleet&) = delete;
  DatagramFleet& operator=(const DatagramFleet&) = delete;

  std::size_t sockets() const { return descriptors_.size(); }
  // A batch that is full leaves at once.
  std::span<std::uint8_t> queue(std::size_t socket, std::size_t bytes) override;
  void flush() override;
  void flush(std::size_t socket) override;
  void receive(const Handler& handler) override;
  std::uint64_t send_failures() const override { return send_failures_; }

 private:
  struct Batch;

  std::vector<int> descriptors_;
  std::vector<std::unique_ptr<Batch>> out_;
  std::unique_ptr<Batch> in_;
  std::uint64_t send_failures_ = 0;
};

}  // namespace earshot::simulator
