// Gathers the facts that take time: names, connections, the disk. Drivers, each bounded in time.
// Runs on: any thread that may wait; never the gateway's main executor.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "gateway/control/doctor/facts.h"

namespace earshot::gateway {

// What to look at; values, so that it can go to another thread.
struct ProbePlan {
  std::filesystem::path data_dir;
  std::filesystem::path worker_config;  // empty: none
  bool workers_are_ours = true;         // their environment is ours
  std::string mqtt_host;                // where the broker's device port is reached from here
  std::uint16_t mqtt_port = 0;
  std::string http_host;
  std::uint16_t http_port = 0;
  Secret device_key;
};

// Fills in what it finds; takes at most about 10 s.
void probe(const ProbePlan& plan, DoctorFacts& facts);

// The selected providers and their fall-backs, as the workers' file has them.
// An unreadable file is a problem.
std::vector<ProviderFact> read_providers(const std::filesystem::path& file, std::string& problem);

// The device that the doctor plays: a locally administered address that no device has.
inline constexpr const char* kDoctorDevice = "02:00:00:00:00:00";

}  // namespace earshot::gateway
