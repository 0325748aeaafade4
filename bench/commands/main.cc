// earshot-bench-commands: commands over MQTT, from an operator's publish to the receipt that the device
// answered. First many to many devices at once, then one after the other to one device; and beside it what the
// same count costs a broker with nothing behind it.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "bench/commands/bare_broker.h"
#include "bench/commands/command_fleet.h"
#include "bench/commands/operator_client.h"
#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "common/http/http_client.h"
#include "gateway/store/open_store.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {
namespace {

constexpr const char* kPassword = "bench-password";
constexpr std::string_view kManyAtOnce = "many at once";
constexpr const char* kVolume =
    R"({"id":"%","tool":"self.audio_speaker.set_volume","arguments":{"volume":30}})";

struct Options {
  std::size_t devices = 500;
  std::size_t commands = 1000;
  std::size_t single = 500;
  // And the three behind it. Below the ephemeral range; runs side by side rarely meet.
  std::uint16_t port = static_cast<std::uint16_t>(24'000 + ::getpid() % 2000 * 4);
  std::string json_path;
};

double at(std::vector<double>& samples, double share) {
  if (samples.empty()) return 0;
  std::ranges::sort(samples);
  return samples[std::min(samples.size() - 1,
                          static_cast<std::size_t>(share * static_cast<double>(samples.size())))];
}

// The operator and the devices that the gateway shall know, straight into its database.
void prepare(const std::filesystem::path& data, const std::vector<std::string>& macs) {
  const auto store = store::open_store(data / "earshot.db");
  store->write_at_start([&](store::Store& now) {
    now.operators().put({.name = "bench",
                         .password_hash = to_hex(sha256(as_bytes(std::string_view(kPassword)))),
                         .user_tools = false,
                         .created = {}});
    for (const std::string& mac : macs) {
      store::Device device;
      device.id = *DeviceId::parse(mac);
      device.bound = true;
      now.devices().put(device);
    }
  });
  store->stop();
}

bool wait_until_ready(std::uint16_t http_port) {
  for (int i = 0; i < 200; ++i) {
    const auto answer = http::request("GET", "http://127.0.0.1:" + std::to_string(http_port) + "/healthz", {},
                                      {}, Milliseconds(1000));
    if (answer.ok()) return true;
    std::this_thread::sleep_for(Milliseconds(50));  // polls another process
  }
  return false;
}

std::string request(const std::string& id) {
  std::string text = kVolume;
  return text.replace(text.find('%'), 1, id);
}

json::object report(std::string_view what, OperatorClient::Summary& summary, double seconds) {
  std::printf(
      "%-28s %5zu given %5zu answered %3zu otherwise %3zu doubled   p50 %7.2f  p90 %7.2f  p99 %7.2f ms   "
      "%.0f/s\n",
      std::string(what).c_str(), summary.given, summary.answered, summary.otherwise, summary.doubled,
      at(summary.ms, 0.5), at(summary.ms, 0.9), at(summary.ms, 0.99),
      static_cast<double>(summary.answered) / seconds);
  if (!summary.problem.empty()) std::printf("  first problem: %s\n", summary.problem.c_str());
  return {{"what", what},
          {"given", summary.given},
          {"answered", summary.answered},
          {"otherwise", summary.otherwise},
          {"doubled", summary.doubled},
          {"p50_ms", at(summary.ms, 0.5)},
          {"p90_ms", at(summary.ms, 0.9)},
          {"p99_ms", at(summary.ms, 0.99)},
          {"seconds", seconds}};
}

int run(const Options& options) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("earshot-commands-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "data");
  CommandFleet fleet(options.devices);
  prepare(folder / "data", fleet.macs());
  const auto port = [&](int i) { return std::to_string(options.port + i); };
  const auto gateway = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "earshot-gateway";
  e2e::ChildProcess process(
      {gateway.string(), "--set", "data_dir=" + (folder / "data").string(), "--set", "mqtt.port=" + port(0),
       "--set", "udp.port=" + port(1), "--set", "http.port=" + port(2), "--set", "workers.spawn=0"},
      (folder / "out").string(), (folder / "log").string());
  const auto fail = [&](const std::string& why) {
    std::fprintf(stderr, "%s\n%s\n", why.c_str(), process.errors().c_str());
    return 1;
  };
  if (!wait_until_ready(static_cast<std::uint16_t>(options.port + 2)))
    return fail("the gateway does not start");
  if (auto done = fleet.connect("http://127.0.0.1:" + port(2) + "/xiaozhi/ota/"); !done)
    return fail(done.error().message);
  std::thread devices([&fleet] { fleet.run(); });
  OperatorClient operator_client;
  auto in = operator_client.connect(options.port, "bench", kPassword);

  json::array results;
  bool good = in.ok();
  double bare_p50 = 0;
  double bare_p99 = 0;
  const auto compare = [&](OperatorClient::Summary& summary) {
    if (bare_p99 <= 0 || bare_p50 <= 0) return;
    const double p50 = at(summary.ms, 0.5) / bare_p50;
    const double p99 = at(summary.ms, 0.99) / bare_p99;
    std::printf("  to the bare broker's: p50 %.2f  p99 %.2f\n", p50, p99);
    results.push_back(json::object{{"what", "ratio to the bare broker"}, {"p50", p50}, {"p99", p99}});
  };
  const auto phase = [&](std::string_view what, std::size_t commands, std::size_t over, bool one_by_one) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < commands; ++i) {
      const std::string id = std::string(what.substr(0, 3)) + "-" + std::to_string(i);
      operator_client.command(fleet.macs()[i % over], id, request(id));
      if (one_by_one) operator_client.wait_for(i + 1, Milliseconds(5000));
    }
    operator_client.wait_for(commands, Milliseconds(30'000));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::this_thread::sleep_for(Milliseconds(200));  // a second receipt would come now
    auto summary = operator_client.take();
    good = good && summary.answered == commands && summary.doubled == 0;
    results.push_back(report(what, summary, seconds));
    if (what == kManyAtOnce) compare(summary);
  };
  if (good) {
    // Each device's first command asks for its tools first: told apart, because it happens once a connection.
    phase("first to each device", options.devices, options.devices, false);
    const auto begin = std::chrono::steady_clock::now();
    auto bare = bare_round_trips(folder, static_cast<std::uint16_t>(options.port + 3), fleet.macs(),
                                 options.commands, kVolume);
    if (bare) {
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      bare_p50 = at(bare->ms, 0.5);
      bare_p99 = at(bare->ms, 0.99);
      results.push_back(report("bare broker, many at once", *bare, seconds));
    }
    good = bare.ok() && bare->answered == options.commands;
    if (!bare) std::printf("%s\n", bare.error().message.c_str());
    phase(kManyAtOnce, options.commands, options.devices, false);
    phase("one by one, one device", options.single, 1, true);
    const std::size_t expected = options.devices + options.commands + options.single;
    good = good && fleet.tools_called() == expected && fleet.lost() == 0;
    std::printf("tools run by devices: %zu of %zu\n", fleet.tools_called(), expected);
  }
  fleet.stop();
  devices.join();
  process.signal(SIGTERM);
  process.wait(std::chrono::milliseconds(5000));
  if (!in) return fail(in.error().message);
  if (!options.json_path.empty()) {
    std::ofstream file(options.json_path);
    file << json::serialize(json::object{{"devices", options.devices}, {"phases", results}}) << "\n"
         << std::flush;
    if (!file) return fail("cannot write " + options.json_path);
  }
  if (!good) return fail("not every command was answered once");
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace earshot::bench

int main(int argc, char** argv) {
  CLI::App app{"Commands over MQTT to many simulated devices, and to one"};
  earshot::bench::Options options;
  app.add_option("--devices", options.devices, "online devices")->check(CLI::Range(1, 10'000));
  app.add_option("--commands", options.commands, "at once, spread over them")->check(CLI::Range(1, 2000));
  app.add_option("--single", options.single, "to the first device, one by one")
      ->check(CLI::Range(0, 100'000));
  app.add_option("--port", options.port, "the first of four free ones");
  app.add_option("--json", options.json_path, "a file for the figures");
  CLI11_PARSE(app, argc, argv);
  return earshot::bench::run(options);
}
