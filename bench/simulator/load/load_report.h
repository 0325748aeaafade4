// What a load run found, for people and for programs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/load/load_options.h"
#include "bench/simulator/load/percentiles.h"

namespace earshot::simulator {

struct LoadReport {
  LoadKind kind = LoadKind::kDuplex;
  std::size_t devices = 0;
  double seconds = 0;  // measured
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t expected = 0;  // of what should have come
  std::uint64_t duplicates = 0;
  std::uint64_t corrupt = 0;
  std::uint64_t unknown = 0;  // datagrams of no session of ours
  std::uint64_t send_failures = 0;
  Percentiles latency_ms;
  Percentiles pacing_error_ms;
  Percentiles abort_ms;       // from an abort to the last packet after it
  Percentiles rebind_gap_ms;  // from the first packet of a new address to the answer there
  std::optional<double> cpu_us_per_packet;
  std::vector<std::pair<std::string, double>> cpu_percent;  // of one core, each named process and "simulator"
  std::optional<double> rss_kb_idle_device;
  std::optional<double> rss_kb_session;
  std::optional<double> ota_s;
  std::optional<double> connect_s;  // CONNECT and hello of all devices
  std::optional<double> connects_per_s;
  std::optional<double> hellos_per_s;
  std::size_t failed_devices = 0;  // without connection or session at the end
  std::size_t deaf_devices = 0;    // heard nothing, or nothing more at their new address
  bool faulty_network = false;     // packets may be missing: they were lost or delayed on purpose

  double loss_percent() const;
  // What was asked for and did not happen. None: all did.
  std::optional<std::string> failure() const;
};

std::string to_json(LoadReport& report);
std::string to_text(LoadReport& report);

}  // namespace earshot::simulator
