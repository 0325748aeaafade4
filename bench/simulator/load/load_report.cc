#include "bench/simulator/load/load_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "common/json/json.h"

namespace earshot::simulator {

namespace {

// A thousandth is more than any of these is measured to.
json::value number(std::optional<double> value) {
  if (!value) return nullptr;
  return std::round(*value * 1000) / 1000;
}

json::object percentiles(Percentiles& samples) {
  return {{"p50", number(samples.at(0.5))},
          {"p99", number(samples.at(0.99))},
          {"p999", number(samples.at(0.999))}};
}

const char* name_of(LoadKind kind) {
  switch (kind) {
    case LoadKind::kDuplex:
      return "duplex";
    case LoadKind::kUp:
      return "up";
    case LoadKind::kTalk:
      return "talk";
  }
  return "";
}

void add_line(std::string& text, const char* label, const std::string& value) {
  std::string line(label);
  line.resize(24, ' ');
  text += line + value + "\n";
}

std::string format(double value) {
  char room[32];
  std::snprintf(room, sizeof(room), "%.2f", value);
  return room;
}

void add_value(std::string& text, const char* label, std::optional<double> value, const char* unit) {
  if (value) add_line(text, label, format(*value) + " " + unit);
}

void add_percentiles(std::string& text, const char* label, Percentiles& samples) {
  if (samples.count() == 0) return;
  add_line(text, label,
           "p50 " + format(*samples.at(0.5)) + "  p99 " + format(*samples.at(0.99)) + "  p99.9 " +
               format(*samples.at(0.999)) + " ms");
}

}  // namespace

double LoadReport::loss_percent() const {
  if (expected == 0) return 0;
  const auto missing = static_cast<double>(expected - std::min(expected, received));
  return 100 * missing / static_cast<double>(expected);
}

std::optional<std::string> LoadReport::failure() const {
  const auto counted = [](std::uint64_t count, const char* what) { return std::to_string(count) + what; };
  if (failed_devices > 0) return counted(failed_devices, " devices have lost their connection or session");
  if (sent == 0) return "nothing was sent";
  if (kind == LoadKind::kUp) {
    if (send_failures > 0) return counted(send_failures, " datagrams could not be sent");
    return std::nullopt;
  }
  if (received == 0) return "nothing has come back";
  if (deaf_devices > 0) return counted(deaf_devices, " devices have heard nothing");
  if (duplicates > 0) return counted(duplicates, " packets came twice");
  if (corrupt > 0) return counted(corrupt, " packets are not what was sent");
  if (received != expected && !faulty_network)
    return counted(expected - std::min(expected, received), " packets are missing");
  return std::nullopt;
}

std::string to_json(LoadReport& report) {
  const auto wrong = report.failure();
  json::object out{
      {"ok", !wrong},
      {"kind", name_of(report.kind)},
      {"devices", report.devices},
      {"seconds", number(report.seconds)},
      {"sent", report.sent},
      {"received", report.received},
      {"loss_pct", report.kind == LoadKind::kUp ? json::value(nullptr) : json::value(report.loss_percent())},
      {"duplicates", report.duplicates},
      {"corrupt", report.corrupt},
      {"unknown", report.unknown},
      {"send_failures", report.send_failures},
      {"failed_devices", report.failed_devices},
      {"deaf_devices", report.deaf_devices},
      {"latency_ms", percentiles(report.latency_ms)},
      {"pacing_error_ms", percentiles(report.pacing_error_ms)},
      {"abort_ms", percentiles(report.abort_ms)},
      {"rebind_gap_ms", percentiles(report.rebind_gap_ms)},
      {"cpu_us_per_packet", number(report.cpu_us_per_packet)},
      {"rss_kb_idle_device", number(report.rss_kb_idle_device)},
      {"rss_kb_session", number(report.rss_kb_session)},
      {"ota_s", number(report.ota_s)},
      {"connect_s", number(report.connect_s)},
      {"connects_per_s", number(report.connects_per_s)},
      {"hellos_per_s", number(report.hellos_per_s)}};
  json::object cpu;
  for (const auto& [name, percent] : report.cpu_percent) cpu[name] = number(percent);
  out["cpu_percent"] = cpu;
  if (wrong) out["failure"] = *wrong;
  return json::serialize(out);
}

std::string to_text(LoadReport& report) {
  std::string text;
  add_line(
      text, "devices",
      std::to_string(report.devices) + " " + name_of(report.kind) + ", " + format(report.seconds) + " s");
  add_line(text, "packets",
           "sent " + std::to_string(report.sent) + ", received " + std::to_string(report.received));
  if (report.kind != LoadKind::kUp) add_line(text, "loss", format(report.loss_percent()) + " %");
  add_line(text, "wrong",
           "duplicate " + std::to_string(report.duplicates) + ", corrupt " + std::to_string(report.corrupt) +
               ", unknown " + std::to_string(report.unknown) + ", failed devices " +
               std::to_string(report.failed_devices) + ", deaf " + std::to_string(report.deaf_devices));
  add_percentiles(text, "added latency", report.latency_ms);
  add_percentiles(text, "pacing error", report.pacing_error_ms);
  add_percentiles(text, "abort to last packet", report.abort_ms);
  add_percentiles(text, "new address", report.rebind_gap_ms);
  add_value(text, "CPU per packet", report.cpu_us_per_packet, "us");
  for (const auto& [name, percent] : report.cpu_percent) {
    add_line(text, ("CPU " + name).c_str(), format(percent) + " % of a core");
  }
  add_value(text, "memory, idle device", report.rss_kb_idle_device, "kB");
  add_value(text, "memory, session", report.rss_kb_session, "kB");
  add_value(text, "OTA", report.ota_s, "s");
  add_value(text, "connect and hello", report.connect_s, "s");
  add_value(text, "connects", report.connects_per_s, "/s");
  add_value(text, "hellos", report.hellos_per_s, "/s");
  return text;
}

}  // namespace earshot::simulator
