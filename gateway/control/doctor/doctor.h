// Answers GET /api/v1/doctor: gathers facts, the slow ones on a thread of its own, and judges them.
//
// Runs on: the gateway's main executor.
// Owns: one thread, which is there while an examination runs.
// Borrows: all of DoctorParts, for its life.
// Lifecycle: made -> examine(), any number of times -> destroyed; that waits for a running examination (10 s
// at worst, when a provider's name server is silent).
// Bounded: one examination at a time; who asks meanwhile gets its result, up to kMaxWaiting.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/path_probe.h"
#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/app/config.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/control/doctor/probes.h"
#include "gateway/live/shard/shard_proxy.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct DoctorParts {
  Executor executor;
  const GatewayConfig& config;
  const Clock& clock;
  const doors::MqttLink& link;
  store::StoreProxy& store;
  std::vector<ShardProxy*> shards;
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
  void try_store();
  void probe_on_thread();
  void finish(DoctorFacts facts);
  json::object answer(const DoctorFacts& facts) const;

  DoctorParts parts_;
  std::vector<Done> waiting_;
  DoctorFacts facts_;
  std::size_t shards_left_ = 0;
  std::thread thread_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for handlers that come after us
};

}  // namespace earshot::gateway
