// What the doctor's checks are made from: plain values, gathered by probes.cc and doctor.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace earshot::gateway {

// How a log-in at the broker's device port went.
enum class LoginOutcome { kAccepted, kRefused, kNoBroker, kNotTried };

enum class Reach { kReached, kNoName, kNoConnection, kNotTried };

// A service that a stage of the workers' configuration selects.
struct ProviderFact {
  std::string stage = {};
  std::string name = {};
  std::string host = {};  // empty: the provider knows its own
  std::string port = {};
  Reach reach = Reach::kNotTried;
  std::string key_variable = {};  // the environment variable of its key; empty: none
  bool key_set = false;
};

// A service that failed the conversations of a worker.
struct TroubleFact {
  std::string worker = {};
  std::string stage = {};
  std::string provider = {};
  bool answers_again = false;
  bool left_alone = false;  // several requests in a row have failed
  std::string why = {};
  std::int64_t failed_seconds_ago = 0;
};

struct DoctorFacts {
  // The configuration.
  std::string announce = {};  // what devices are told: an address or a name
  std::string mqtt_listen = {};
  std::string udp_listen = {};
  std::string http_listen = {};
  bool broker_is_ours = true;
  std::uint16_t mqtt_port = 0;

  // The network.
  std::optional<std::uint32_t> announce_ip = {};  // resolved, host byte order; nullopt: no such name
  std::vector<std::uint32_t> own_ips = {};        // of this machine, loopback included
  std::uint64_t udp_buffer_bytes = 0;             // net.core.rmem_max; 0: not known
  std::uint64_t udp_buffer_wanted_bytes = 0;

  // The broker.
  bool broker_connected = false;
  LoginOutcome good_login = LoginOutcome::kNotTried;   // with credentials as the OTA answer makes them
  LoginOutcome wrong_login = LoginOutcome::kNotTried;  // the same with another password
  std::uint64_t file_limit = 0;                        // RLIMIT_NOFILE, hard

  // The OTA answer, asked for over HTTP as a device does.
  int ota_status = 0;  // 0: no answer
  std::string ota_body = {};

  // The clock.
  std::int64_t unix_seconds = 0;
  std::optional<bool> clock_synchronised = {};  // by the kernel; nullopt: not known

  // The disk and the store.
  std::uint64_t disk_free_bytes = 0;
  bool data_writable = false;
  std::optional<std::string> store_problem = {};  // a write that was tried
  bool store_away = false;                        // a database elsewhere cannot be reached

  // Workers, the fewest that a shard has.
  std::size_t workers = 0;
  std::size_t draining = 0;
  std::uint64_t capacity = 0;
  std::uint64_t sessions = 0;
  std::vector<ProviderFact> providers = {};
  std::vector<TroubleFact> troubles = {};
  std::string worker_config_problem = {};
};

}  // namespace earshot::gateway
