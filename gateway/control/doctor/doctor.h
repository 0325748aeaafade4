// Answers GET /api/v1/doctor: gathers facts, the slow ones on a thread of its own, and judges them.
//
// Runs on: the gateway's main executor.
// Owns: one thread, which is there while an examination runs.
// Borrows: all of DoctorParts, for its life.
// Lifecycle: made -> examine(), any number of times -> destroyed; that waits for a running examination (10 s
// at worst, when a provider's name server is silent).
// Bounded: one examination at a time; who asks meanwhile gets its result, up to kMaxWaiting.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/path_probe.h"
#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/control/doctor/probes.h"
#include "gateway/live/shard/shards.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

// What is announced to devices and listened on, for checks and for whoever asks from outside.
struct DoctorSettings {
  std::filesystem::path data_dir;
  std::string announce_address;
  std::string mqtt_listen;  // of our broker; the host of another one
  std::uint16_t mqtt_port = 0;
  bool broker_is_ours = true;
  std::string udp_listen;
  std::vector<std::uint16_t> udp_ports;
  std::uint64_t udp_buffer_wanted_bytes = 0;  // of each socket's receive buffer
  std::string http_listen;
  std::uint16_t http_port = 0;
  bool http_tls = false;
  std::filesystem::path worker_config;  // empty: none
  bool workers_are_ours = true;
};

struct DoctorParts {
  Executor executor;
  DoctorSettings settings;
  const Clock& clock;
  const broker::MqttLink& link;
  store::StoreProxy& store;
  const Shards& shards;
  auth::PathProbeResponder path_probe;
  Secret device_key;
  std::function<void()> forget_doctor_device;  // the one that the OTA check played
};

class Doctor {
 public:
  static constexpr std::size_t kMaxWaiting = 16;
  using Done = std::function<void(json::object)>;

  explicit Doctor(DoctorParts parts);
  ~Doctor();
  Doctor(const Doctor&) = delete;
  Doctor& operator=(const Doctor&) = delete;

  // RETURNS: false, and `done` is never called, when too many wait already.
  bool examine(Done done);

 private:
  void ask_shards();
  void note_shards(const std::vector<ShardStats>& shards);
  void try_store();
  void probe_on_thread();
  void finish(DoctorFacts facts);
  json::object answer(const DoctorFacts& facts) const;

  DoctorParts parts_;
  std::vector<Done> waiting_;
  DoctorFacts facts_;
  std::thread thread_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for handlers that come after us
};

}  // namespace earshot::gateway
