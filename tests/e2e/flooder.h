// A device with good credentials that means harm: over its MQTT connection it says as much as the broker takes,
// in a session of its own, and connects again whenever it is thrown out; from other addresses it sends audio
// datagrams of nobody's session.
//
// Owns: two threads, until it is destroyed.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "common/auth/device_credentials.h"
#include "tests/e2e/system.h"
#include "tests/fakes/raw_mqtt_client.h"

namespace earshot::e2e {

// The credentials that the system's OTA door would hand to the device of this number.
auth::DeviceCredentials device_credentials(const System& system, int number);

// Logged in; nullopt: it was not let in.
std::optional<fakes::RawMqttClient> connect_device(const System& system,
                                                   const auth::DeviceCredentials& credentials);

// Says hello.
// RETURNS: the session id of the answer; empty if none came in time.
std::string open_session(fakes::RawMqttClient& client, std::chrono::milliseconds timeout);

class Flooder {
 public:
  explicit Flooder(const System& system);
  ~Flooder();
  Flooder(const Flooder&) = delete;
  Flooder& operator=(const Flooder&) = delete;

  std::uint64_t messages() const { return messages_; }
  std::uint64_t thrown_out() const { return thrown_out_; }

 private:
  void talk();
  void flood(fakes::RawMqttClient& client, const std::string& session);
  void send_datagrams();

  const System& system_;
  auth::DeviceCredentials credentials_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> messages_{0};
  std::atomic<std::uint64_t> thrown_out_{0};
  std::thread talker_;
  std::thread sender_;
};

}  // namespace earshot::e2e
